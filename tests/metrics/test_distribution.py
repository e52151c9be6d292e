"""Distributions: exact quantiles of values, and of ages weighted by time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrics import Distribution

values = st.lists(st.floats(0, 1000), min_size=1, max_size=200)
spells = st.lists(st.tuples(st.floats(0, 10), st.floats(0.001, 10)), min_size=1, max_size=50)


@given(values)
def test_a_quantile_is_the_smallest_value_that_covers_its_share(seen: list[float]) -> None:
    """Each quantile is a value that was seen: its share lies at or below it, and less than that below it."""
    found = Distribution.of(np.array(seen))

    assert found is not None
    for share, quantile in ((0.5, found.p50), (0.9, found.p90), (0.95, found.p95), (0.99, found.p99)):
        assert quantile in seen
        assert sum(value <= quantile for value in seen) >= share * len(seen) - 1e-9
        assert sum(value < quantile for value in seen) < share * len(seen) + 1e-9
    assert (found.count, found.max) == (len(seen), max(seen))
    assert found.mean == pytest.approx(math.fsum(seen) / len(seen))


def test_quantiles_of_a_hundred_values_are_those_values() -> None:
    """Of 1 to 100, p50 is 50 and p99 is 99: no interpolation, no rounding."""
    assert Distribution.of(np.arange(1.0, 101.0)) == Distribution(100, 50.5, 50, 90, 95, 99, 100)


def test_what_was_never_reached_does_not_count() -> None:
    """NaN is left out, and nothing but NaN is None: not measured, rather than 0."""
    assert Distribution.of(np.array([math.nan, 2.0])) == Distribution(1, 2, 2, 2, 2, 2, 2)
    assert Distribution.of(np.array([math.nan])) is None
    assert Distribution.of_ages(np.empty(0), np.empty(0)) is None


def test_ages_are_weighted_by_the_time_spent_at_them() -> None:
    """A spell from 0 to 1 s and one from 1 to 4 s: worked out by hand, half of the 4 s was spent at or below 2 s."""
    found = Distribution.of_ages(np.array([0.0, 1.0]), np.array([1.0, 4.0]))

    assert found is not None
    assert (found.count, found.mean, found.max) == (4.0, 2.0, 4.0)
    assert (found.p50, found.p90, found.p99) == pytest.approx((2.0, 3.6, 3.96))


@given(spells)
def test_age_quantiles_agree_with_fine_sampling(seen: list[tuple[float, float]]) -> None:
    """For any spells, the share of time at or below each quantile is the share it stands for."""
    young = np.array([begin for begin, _ in seen])
    length = np.array([length for _, length in seen])

    found = Distribution.of_ages(young.copy(), young + length)

    assert found is not None
    for share, quantile in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99)):
        below = float(np.clip(quantile - young, 0, length).sum())
        assert below == pytest.approx(share * float(length.sum()), rel=1e-6)
        assert young.min() <= quantile <= found.max
