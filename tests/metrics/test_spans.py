"""Spans of time: where they meet, and how many hold at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.metrics.spans import Spans, meet, most_at_once

ends = st.lists(st.integers(0, 40), max_size=12)


def _spans(*parts: tuple[int, float, float]) -> Spans:
    lanes, begins, ends = zip(*parts, strict=True) if parts else ((), (), ())
    return Spans(np.array(lanes, np.intp), np.array(begins, np.float64), np.array(ends, np.float64))


def _disjoint(cuts: list[int], lane: int) -> list[tuple[int, float, float]]:
    """Make spans that follow one another from any numbers."""
    edges = sorted(set(cuts))
    return [(lane, float(begin), float(end)) for begin, end in zip(edges[::2], edges[1::2], strict=False)]


@given(ends, ends, ends, ends)
def test_meetings_are_those_of_a_pairwise_search(a: list[int], b: list[int], c: list[int], d: list[int]) -> None:
    """Over any spans of two viewers, exactly the overlaps within one viewer are found, with their times."""
    spans, others = [*_disjoint(a, 0), *_disjoint(b, 1)], [*_disjoint(c, 1), *_disjoint(d, 0)]
    expected = {
        (index, max(begin, other_begin), min(end, other_end))
        for index, (lane, begin, end) in enumerate(spans)
        for other_lane, other_begin, other_end in others
        if lane == other_lane and max(begin, other_begin) < min(end, other_end)
    }

    index, begin, end = meet(_spans(*spans), _spans(*others))

    assert set(zip(index.tolist(), begin.tolist(), end.tolist(), strict=True)) == expected
    assert index.size == len(expected)


def test_overlapping_streams_of_one_viewer_are_not_counted_twice() -> None:
    """Where a viewer's streams overlap by a handover, time in both is time in one."""
    index, begin, end = meet(_spans((0, 0, 10)), _spans((0, 0, 4), (0, 3, 8)))

    assert (index.tolist(), begin.tolist(), end.tolist()) == ([0, 0], [0.0, 4.0], [4.0, 8.0])


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), max_size=15))
def test_the_most_at_once_is_that_of_counting_at_every_begin(parts: list[tuple[int, int]]) -> None:
    """The peak equals a count at each begin; a span that ends there is over, an empty one was never there."""
    begin = np.array([start for start, _ in parts], np.float64)
    end = begin + np.array([length for _, length in parts], np.float64)
    expected = max((sum(s <= at < s + length for s, length in parts) for at, length in parts if length), default=0)

    assert most_at_once(begin, end) == expected
