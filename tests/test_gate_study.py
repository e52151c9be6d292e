"""The study of how often compare is wrong."""

import itertools
from random import Random

import numpy as np
import pytest

from bench.compare.blocks import Block
from tests.compare.blocks import block
from tools.gate_study import COMPARISONS, FOLDERS, drawn, met, study, upper_bound


def test_the_bound_is_clopper_and_pearsons() -> None:
    """None of 300 leaves 0.994 % possible (1 - 0.05 ** (1 / 300)), and 5 of 100 leave 10.23 % (their table)."""
    assert upper_bound(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert upper_bound(0, 300) < 0.01
    assert upper_bound(5, 100) == pytest.approx(0.1023, abs=0.0001)


def test_stretches_stay_together() -> None:
    """Rounds are drawn three pairs at a time as they follow each other, and the last is followed by the first."""
    found = drawn(Random(1), 7, 20)
    assert len(found) == 20
    assert all((after - before) % 7 == 1 for at, (before, after) in enumerate(itertools.pairwise(found)) if at % 3 < 2)


def _recorded(spread: float) -> dict[str, list[Block]]:
    """Twenty rounds in which a handler of 50 ms is a part of 60 ms, scattered by this share."""
    random = np.random.default_rng(3)
    return {
        name: [block((0.01 + 0.05 * factor) * float(np.exp(random.normal(0, spread)))) for _ in range(20)]
        for name, factor in FOLDERS.items()
    }


def test_a_quiet_machine_meets_every_bar_and_a_loud_one_raises_no_false_alarm() -> None:
    """At 1 % scatter the slower ones are caught; at 20 % nearly all is inconclusive, and the same app never fails."""
    quiet, loud = _recorded(0.01), _recorded(0.2)
    told = {kind: study(quiet, kind, count) for kind, count in COMPARISONS.items()}
    assert met(told) == dict.fromkeys(told, True), told
    noisy = study(loud, "the same", 100)
    assert (noisy.failed, noisy.inconclusive > 90) == (0, True)
