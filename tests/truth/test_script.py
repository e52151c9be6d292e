"""Scripts: what is drawn and when it strikes."""

from random import Random
from statistics import median

import orjson
import pytest

from bench.truth.plan import FATES
from bench.truth.script import HandlerTime, Script, strikes


@pytest.mark.parametrize("script", FATES, ids=lambda script: script.name)
def test_a_script_survives_its_journey(script: Script) -> None:
    """What the child is told is what was written."""
    assert Script.from_json(orjson.loads(orjson.dumps(script.as_json()))) == script


def test_times_are_drawn_as_described() -> None:
    """Constant is constant, uniform stays within its spread, lognormal has its median and a long tail."""
    random = Random(7)
    assert HandlerTime(0.2).draw(random) == 0.2
    uniform = [HandlerTime(0.2, "uniform", 0.5).draw(random) for _ in range(500)]
    assert min(uniform) >= 0.1
    assert max(uniform) <= 0.3
    uneven = [HandlerTime(0.2, "lognormal", 0.5).draw(random) for _ in range(500)]
    assert median(uneven) == pytest.approx(0.2, rel=0.15)
    assert max(uneven) > 0.4


def test_equal_seeds_draw_equal_times() -> None:
    """A script can be repeated."""
    time = HandlerTime(0.2, "lognormal", 0.5)
    assert time.draw(Random(3)) == time.draw(Random(3))


def test_the_join_is_never_struck() -> None:
    """A stream's first frame is always answered, and 0 stands for never."""
    assert [call for call in range(7) if strikes(3, call)] == [3, 6]
    assert not any(strikes(0, call) for call in range(7))
