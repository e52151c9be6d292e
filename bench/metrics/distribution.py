"""A figure's distribution: the `D` of results.json, exact from its values."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = (0.5, 0.9, 0.95, 0.99)
_HALVINGS = 100  # of the range of ages: more than a double's 52 bits can tell apart


@dataclass(frozen=True, slots=True)
class Distribution:
    """Count, mean, quantiles and maximum of one figure, in the figure's own unit (seconds for every `_s`).

    A quantile p is the smallest value such that a share of at least p of the values (of the time, where a figure is
    time-weighted) is at or below it: Hyndman and Fan's definition 1, numpy's `inverted_cdf`. It is always a value that
    was seen, and with few values the high quantiles are simply the maximum. `count` is the number of values, or the
    seconds covered where the figure is time-weighted.
    """

    count: float
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, values: Floats) -> Self | None:
        """Over the known `values`, shape (n,): NaN is left out, and None stands for nothing measured."""
        known = values[~np.isnan(values)]
        if not known.size:
            return None
        mean, most = float(known.mean()), float(known.max())
        quantiles = np.quantile(known, QUANTILES, method="inverted_cdf", overwrite_input=True)
        p50, p90, p95, p99 = map(float, quantiles)
        return cls(known.size, mean, p50, p90, p95, p99, most)

    @classmethod
    def of_ages(cls, young_s: Floats, old_s: Floats) -> Self | None:
        """Time-weighted over spells in which an age grew from `young_s` to `old_s`, a second per second; shape (n,).

        The time spent at or below an age x is Σ max(0, x − young) − Σ max(0, x − old): with both ends sorted and summed
        once, it is known for any x, and a quantile is found by halving. None stands for no time at all. Both arrays
        are left sorted, which spares a copy of each.
        """
        total = float((old_s - young_s).sum())
        if not total > 0:
            return None
        mean = float(np.dot(old_s, old_s) - np.dot(young_s, young_s)) / 2 / total
        below = _TimeBelow(young_s, old_s)
        youngest, oldest = float(young_s.min()), float(old_s.max())
        low, high = np.full(len(QUANTILES), youngest), np.full(len(QUANTILES), oldest)
        wanted = np.array(QUANTILES) * total - 1e-9 * total  # rounding must not push a quantile over a gap
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            enough = below(middle) >= wanted
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        p50, p90, p95, p99 = map(float, high)
        return cls(total, mean, p50, p90, p95, p99, oldest)


class _TimeBelow:
    """The seconds spent at or below given ages."""

    def __init__(self, young_s: Floats, old_s: Floats) -> None:
        self._sides = [(sign, *_sorted_sums(ages)) for sign, ages in ((1, young_s), (-1, old_s))]

    def __call__(self, ages_s: Floats) -> Floats:
        seconds = np.zeros_like(ages_s)
        for sign, ages, sums in self._sides:
            index = np.searchsorted(ages, ages_s, side="right")
            seconds += sign * (index * ages_s - sums[index])
        return seconds


def _sorted_sums(ages_s: Floats) -> tuple[Floats, Floats]:
    """Sort the ages in place, and return them with the sums of the first 0, 1, … n of them."""
    ages_s.sort()
    sums = np.zeros(ages_s.size + 1)
    np.cumsum(ages_s, out=sums[1:])
    return ages_s, sums
