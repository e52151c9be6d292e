"""Spans of time and how they meet: pure functions over sorted arrays of begins and ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.metrics.distribution import Floats


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of several viewers: `lane` says whose each one is; all of shape (n,), times in seconds."""

    lane: NDArray[np.signedinteger]
    begin_s: Floats
    end_s: Floats

    @property
    def length_s(self) -> Floats:
        """How long each one is."""
        return self.end_s - self.begin_s


def lane_seconds(spans: Spans, lanes: int) -> Floats:
    """Seconds covered in each lane, shape (lanes,)."""
    return np.bincount(spans.lane, weights=spans.length_s, minlength=lanes).astype(np.float64)


def meet(spans: Spans, others: Spans) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Where the spans meet others of the same lane: the index into `spans`, the begin and the end of each meeting.

    Within a lane, `others` must follow one another (they are cut where they do not); `spans` may lie anyhow.
    """
    shift = _lane_width(spans, others)
    begin, end = spans.begin_s + spans.lane * shift, spans.end_s + spans.lane * shift
    order = np.lexsort((others.begin_s, others.lane))
    lane_s = others.lane[order] * shift
    other_end = np.maximum.accumulate(others.end_s[order] + lane_s)
    other_begin = np.maximum(others.begin_s[order] + lane_s, np.concatenate([[-np.inf], other_end[:-1]]))
    first = np.searchsorted(other_end, begin, side="right")
    count = np.maximum(np.searchsorted(other_begin, end, side="left") - first, 0)
    index = np.repeat(np.arange(begin.size), count)
    which = np.arange(index.size) - np.repeat(np.cumsum(count) - count, count) + first[index]
    lane_s = spans.lane[index] * shift
    return (
        index,
        np.maximum(begin[index], other_begin[which]) - lane_s,
        np.minimum(end[index], other_end[which]) - lane_s,
    )


def _lane_width(spans: Spans, others: Spans) -> float:
    """Find a stride that keeps lanes apart on one axis."""
    begins, ends = np.concatenate([spans.begin_s, others.begin_s]), np.concatenate([spans.end_s, others.end_s])
    return float(ends.max() - begins.min()) + 1.0 if begins.size else 1.0


def most_at_once(begin_s: Floats, end_s: Floats) -> int:
    """Count the most spans that hold at one instant; one that begins as another ends does not meet it."""
    real = end_s > begin_s
    begins, ends = np.sort(begin_s[real]), np.sort(end_s[real])
    if not begins.size:
        return 0
    return int((np.arange(1, begins.size + 1) - np.searchsorted(ends, begins, side="right")).max())
