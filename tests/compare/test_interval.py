"""The interval of paired blocks, and when to look at it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.compare.interval import least_pairs, plan_looks, signed_rank_interval


@pytest.mark.parametrize(("pairs", "ordered"), [(6, 1), (7, 3), (8, 4), (10, 9), (20, 53)])
def test_the_interval_ends_where_the_tables_say(pairs: int, ordered: int) -> None:
    """At 2.5 % a side it ends at the Walsh average after the critical value of Wilcoxon's table (0, 2, 3, 8, 52)."""
    values = np.random.default_rng(pairs).normal(size=pairs)
    averages = sorted((a + b) / 2 for n, a in enumerate(values) for b in values[n:])
    found = signed_rank_interval(values, 0.025)
    assert (found.low, found.high) == pytest.approx((averages[ordered - 1], averages[-ordered]))


def test_too_few_pairs_have_no_interval() -> None:
    """Below the least number of pairs anything is possible, and from it on the ends are those of the data."""
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert signed_rank_interval(values, 0.025).low == -np.inf
    assert least_pairs(1 / 32) == 5
    assert (signed_rank_interval(values, 1 / 32).low, signed_rank_interval(values, 1 / 32).high) == (1.0, 5.0)


def test_one_disturbed_pair_does_not_hide_a_change() -> None:
    """A pair ten times off widens the interval by a step, not by ten times."""
    values = np.r_[np.random.default_rng(1).normal(0.07, 0.01, 19), 0.7]
    assert signed_rank_interval(values, 0.001).low > 0.05
    assert signed_rank_interval(values, 0.001).high < 0.4


@given(st.floats(0.0005, 0.02), st.integers(2, 80))
def test_every_look_can_spend_its_share(alpha: float, half: int) -> None:
    """Looks come after whole ABBAs, the last after all pairs, and the first has an interval with its share of alpha."""
    most = 2 * half
    looks = plan_looks(alpha, most)
    assert looks == sorted(set(looks))
    assert all(look % 2 == 0 for look in looks)
    if looks:
        assert looks[-1] == most
        assert least_pairs(alpha / len(looks)) <= looks[0]


@pytest.mark.parametrize("noise", ["normal", "heavy"])
def test_looking_several_times_errs_no_more_often_than_agreed(noise: str) -> None:
    """Of 2000 comparisons of a thing with itself, looked at five times, at most 5 % (+ 3 sigma) find a difference."""
    random = np.random.default_rng(4)
    alpha, looks = 0.05, plan_looks(0.05, 40)
    values = random.normal(size=(2000, 40)) if noise == "normal" else random.standard_cauchy((2000, 40))
    wrong = sum(any(signed_rank_interval(row[:look], alpha / len(looks)).low > 0 for look in looks) for row in values)
    assert 0 < wrong <= 2000 * alpha + 3 * (2000 * alpha * (1 - alpha)) ** 0.5
