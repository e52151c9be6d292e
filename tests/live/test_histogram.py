"""Histograms that add up without loss, and tell quantiles to about a hundredth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.live.histogram import LEAST_S, SCALE, Histogram, merged, upper_s

durations = st.lists(st.floats(min_value=1e-5, max_value=1e4), max_size=200)


def _of(values: list[float]) -> Histogram:
    found = Histogram()
    for value in values:
        found.record(value)
    return found


@given(durations, durations)
def test_parts_add_up_to_the_whole(one: list[float], other: list[float]) -> None:
    """Counting apart and merging is counting together: nothing is lost between processes."""
    whole, parts = _of(one + other), merged([_of(one).plain(), _of(other).plain()])
    assert parts.counts == whole.counts
    assert parts.sum_s == pytest.approx(whole.sum_s)


@given(durations, durations)
def test_what_was_counted_since_is_the_difference(earlier: list[float], later: list[float]) -> None:
    """A total less an earlier total is what came between."""
    assert (_of(earlier + later) - _of(earlier)).counts == _of(later).counts


def test_a_total_that_fell_counts_nothing() -> None:
    """The counts of a process that is lost leave no negative ones behind."""
    gone = Histogram() - _of([0.1, 0.2])
    assert (gone.count, gone.sum_s, gone.quantile(0.5)) == (0, 0.0, None)


@given(durations.filter(len), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_off_by_a_bucket_at_most(values: list[float], share: float) -> None:
    """The exact quantile is within half a bucket of the one told."""
    exact = float(np.quantile(values, share, method="inverted_cdf"))
    assert _of(values).quantile(share) == pytest.approx(exact, rel=2 ** (0.5 / 2**SCALE) - 1 + 1e-9)


@given(st.floats(min_value=1e-5, max_value=1e4))
def test_a_duration_lies_in_its_bucket(value: float) -> None:
    """Above the bound of the bucket before, and at or below its own, as OpenTelemetry has it."""
    (index,) = _of([value]).counts
    assert upper_s(index - 1) * (1 - 1e-9) <= value <= upper_s(index) * (1 + 1e-9)


def test_no_time_at_all_counts_as_the_least() -> None:
    """Clocks that stand still, or step back, are no reason to fail."""
    assert _of([0.0, -1.0]).counts == _of([LEAST_S, LEAST_S]).counts
