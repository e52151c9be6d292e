"""The rule of a verdict: whether so many values on the wrong side of a limit can be chance.

"p95 < 300 ms" says that fewer than 5 in 100 frames may take 300 ms or longer. Of n frames k did. If 5 in 100 were the
truth, so few (or fewer) would be seen with the chance P(X ≤ k), X binomial of n and 0.05. Where that is at most 1 %,
the truth is below 5 in 100 with 99 % confidence: pass. Where P(X ≥ k) is at most 1 %, it is above: fail. Between the
two nothing is certain, and more frames are needed. With nothing on the wrong side, a p95 needs 90 independent frames
(0.95⁹⁰ < 1 %) and a p99 459. This is the early-stopping rule of MLPerf (mlcommons/inference,
loadgen/early_stopping.cc) and its mirror image.

Frames of one run are not independent: a stall of the server makes hundreds late at once, which is one event and no
hundred. So n is first cut to the number of independent frames that would scatter as much: the measured time is cut into
`SLICES`, and the share on the wrong side varies from slice to slice with the variance that the slices show, all viewers
together (batch means). The effective n is share · (1 − share) / variance, less what a variance from so few slices
is itself uncertain by (E. L. Korn and B. I. Graubard, Survey Methodology 24, 1998, who put such an n into the exact
binomial interval). Where nothing is on the wrong side there is no variance to see; so it is also looked at for the
run's own percentile, which always has frames above it, and the smaller n counts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench.metrics.distribution import Floats
from bench.slo.chance import at_least, at_most, student

Status = Literal["pass", "fail", "inconclusive", "none"]

CONFIDENCE = 0.99
"""That a pass, and a fail, are no chance. One check in a hundred may err where its figure is exactly at the limit."""
SLICES = 20
"""Of the measured time. Fewer give no variance to speak of; more are shorter than a stall, and take it for several."""
ASSUMED_ALIKE = 4.0
"""Where no ledger is there to look into: this many frames tell as much as one independent one."""

_LONGEST = 1000.0  # times the run: what needs more than that is not going to be measured
_KORN_GRAUBARD = (student(CONFIDENCE, math.inf) / student(CONFIDENCE, SLICES - 1)) ** 2


@dataclass(frozen=True, slots=True)
class Batches:
    """How much of each slice's weight is on the wrong side: both of shape (SLICES,), values or seconds."""

    weight: Floats
    wrong: Floats

    @property
    def share(self) -> float:
        """Of all the weight."""
        return float(self.wrong.sum() / self.weight.sum())

    def alike(self, n: float) -> float:
        """How many of `n` values tell as much as one independent one: at least 1 (the design effect)."""
        share, filled = self.share, self.weight > 0
        batches = int(filled.sum())
        if not 0 < share < 1 or batches < 2:
            return 1.0
        scatter = float(((self.wrong - share * self.weight)[filled] ** 2).sum())
        variance = batches / (batches - 1) * scatter / float(self.weight.sum()) ** 2
        return max(1.0, n * variance / (share * (1 - share)) / _KORN_GRAUBARD)


@dataclass(frozen=True, slots=True)
class Count:
    """Of `n` values, `wrong` lie on the wrong side of a limit; `alike` of them tell as much as one independent one."""

    n: float
    wrong: float
    alike: float = 1.0

    @property
    def share(self) -> float:
        """Of all."""
        return self.wrong / self.n

    def decide(self, allowed: float) -> Status:
        """Whether a share of at most `allowed`, above 0 and below 1, can be on the wrong side in truth."""
        n, wrong = self.n / self.alike, self.wrong / self.alike
        if at_most(wrong, n, allowed) <= 1 - CONFIDENCE:
            return "pass"
        return "fail" if at_least(wrong, n, allowed) <= 1 - CONFIDENCE else "inconclusive"

    def times(self, factor: float) -> "Count":
        """The same share of more values."""
        return Count(self.n * factor, self.wrong * factor, self.alike)

    def longer(self, allowed: float) -> float | None:
        """How many times as many values would decide, the share unchanged; None where no sensible number does."""
        return _least(lambda factor: self.times(factor).decide(allowed) != "inconclusive")


def _least(enough: Callable[[float], bool]) -> float | None:
    high = 2.0
    while not enough(high):
        high *= 2
        if high > _LONGEST:
            return None
    low = high / 2
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def decide_mean(means: Floats, limit: float, *, upper: bool) -> Status:
    """Whether the mean is on the good side, by the t interval of the slices' means, shape (slices,)."""
    if means.size < 3:
        return "inconclusive"
    half = student(CONFIDENCE, means.size - 1) * float(means.std(ddof=1)) / math.sqrt(means.size)
    room = limit - float(means.mean()) if upper else float(means.mean()) - limit
    return "pass" if room > half else "fail" if room < -half else "inconclusive"


def slices_of(at_s: Floats, begin_s: float, length_s: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.intp]]":
    """Which slice each instant lies in."""
    place = np.floor((at_s - begin_s) / max(length_s, 1e-9) * SLICES)
    return np.clip(place, 0, SLICES - 1).astype(np.intp)
