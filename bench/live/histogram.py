"""A histogram of durations whose buckets are the same everywhere, so that any two add up without loss.

Buckets are those of OpenTelemetry's exponential histograms: bucket i holds values above 2^(i/2^scale) and up to
2^((i+1)/2^scale) (opentelemetry.io/docs/specs/otel/metrics/data-model, "ExponentialHistogram").
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil, log2
from typing import Any, Self

SCALE = 5
"""Buckets per doubling: 2^5. One is 2.2 % wide, so a quantile read from its middle is off by 1.1 % at most."""

LEAST_S = 1e-6
"""What is shorter counts as this: clocks tell no less."""

_PER_DOUBLING = 2**SCALE


@dataclass(slots=True)
class Histogram:
    """Counts of durations by bucket, and their sum in seconds."""

    counts: dict[int, int] = field(default_factory=dict)
    sum_s: float = 0.0

    def record(self, seconds: float) -> None:
        """Count one duration."""
        index = ceil(log2(max(LEAST_S, seconds)) * _PER_DOUBLING) - 1
        self.counts[index] = self.counts.get(index, 0) + 1
        self.sum_s += seconds

    @property
    def count(self) -> int:
        """How many durations were counted."""
        return sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """The duration that `share` of all are at or below, in seconds; None where there is none."""
        wanted, seen = share * self.count, 0
        for index in sorted(self.counts):
            seen += self.counts[index]
            if seen and seen >= wanted:
                return float(2 ** ((index + 0.5) / _PER_DOUBLING))
        return None

    def __sub__(self, earlier: Self) -> "Histogram":
        """What was counted since `earlier`; a bucket that fell (a process was lost) counts nothing."""
        gained = {index: count - earlier.counts.get(index, 0) for index, count in self.counts.items()}
        return Histogram(
            {index: count for index, count in gained.items() if count > 0}, max(0.0, self.sum_s - earlier.sum_s)
        )

    def plain(self) -> dict[str, Any]:
        """Its values for a message between processes."""
        return {"counts": list(self.counts.items()), "sum_s": self.sum_s}


def merged(parts: Iterable[dict[str, Any]]) -> Histogram:
    """Add up the plain values of several."""
    whole = Histogram()
    for part in parts:
        whole.sum_s += part["sum_s"]
        for index, count in part["counts"]:
            whole.counts[index] = whole.counts.get(index, 0) + count
    return whole


def upper_s(index: int) -> float:
    """The upper bound of a bucket, in seconds."""
    return float(2 ** ((index + 1) / _PER_DOUBLING))
