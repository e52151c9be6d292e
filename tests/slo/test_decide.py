"""The rule of a verdict: certain where it says so, open where nobody can know, and what it would take."""

import numpy as np
import pytest

from bench.metrics import Distribution
from bench.metrics.window import Window
from bench.slo.decide import CONFIDENCE, Count
from bench.slo.evidence import Ages, Values, stored
from bench.slo.limit import Limit
from tools.verdict_check import counted

LIMIT = Limit("<", 0.3, "seconds")


@pytest.mark.parametrize(
    ("n", "wrong", "allowed", "status"),
    [
        (89, 0, 0.05, "inconclusive"),
        (90, 0, 0.05, "pass"),
        (458, 0, 0.01, "inconclusive"),
        (459, 0, 0.01, "pass"),
        (1000, 33, 0.05, "pass"),
        (1000, 50, 0.05, "inconclusive"),
        (1000, 68, 0.05, "fail"),
        (2, 2, 0.05, "fail"),
        (1, 1, 0.05, "inconclusive"),
    ],
)
def test_the_binomial_rule(n: int, wrong: int, allowed: float, status: str) -> None:
    """90 clean frames prove a p95 and 459 a p99; near the limit nobody can tell; two late ones of two are no chance."""
    assert Count(n, wrong).decide(allowed) == status


def test_what_it_would_take_is_enough_and_no_more() -> None:
    """As many more frames as it asks for decide it, a few less do not; at the very limit no number would."""
    for count in (Count(28, 0), Count(400, 12), Count(300, 22), Count(300, 2, 4.0)):
        factor = count.longer(0.05)
        assert factor is not None
        assert count.times(factor).decide(0.05) != "inconclusive"
        assert count.times(factor * 0.98).decide(0.05) == "inconclusive"
    assert Count(1000, 50).longer(0.05) is None


@pytest.mark.parametrize(("stall_s", "most"), [(0.0, 0.02), (0.3, 0.06)])
def test_verdicts_at_the_very_limit_are_seldom_wrong(stall_s: float, most: float) -> None:
    """Where 5 in 100 are late in truth, neither verdict is true: independent frames keep to 1 %, stalls near it."""
    random = np.random.default_rng(7)
    found = [counted(random, stall_s, 120.0, 4).decide(0.05) for _ in range(300)]
    assert found.count("pass") / len(found) <= most
    assert found.count("fail") / len(found) <= most
    assert CONFIDENCE == 0.99


def test_frames_of_one_stall_count_as_few() -> None:
    """Ten viewers late at one instant are one event: what they tell shrinks by about their number."""
    random = np.random.default_rng(3)
    assert counted(random, 0.3, 120.0, 10).alike > 10
    assert counted(random, 0.0, 120.0, 10).alike < 3


def test_time_beyond_an_age_is_counted_exactly() -> None:
    """A picture that grows from 0.1 s to 0.5 s old is beyond 0.3 s for half of its time; so are its means."""
    begin = np.arange(0, 10, 0.4)
    ages = Ages(np.full(25, 0.1), np.full(25, 0.5), begin + 0.4, Window(0.0, 10.0))
    count = ages.count(LIMIT, 0.48)
    assert count.n == 25
    assert count.share == pytest.approx(0.5)
    assert ages.means().mean() == pytest.approx(0.3)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_a_distribution_alone_bounds_the_count(operator: str) -> None:
    """What is on the wrong side lies between the bounds that six figures give, whatever the limit."""
    random = np.random.default_rng(5)
    for size in (1, 3, 20, 333):
        values = random.exponential(0.2, size)
        found = Distribution.of(values.copy())
        assert found is not None
        for limit in [*values[:5], 0.0, 0.1, 9.0]:
            asked = Limit(operator, float(limit), "seconds")
            wrong = Values(np.zeros(size), values, Window(0.0, 1.0)).count(asked, 0.1).wrong
            least, most = stored(found, asked)
            assert least.wrong <= wrong <= most.wrong
