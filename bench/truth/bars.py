"""The bars: how far the harness may be off, and whether one that is not met is its fault or the machine's."""

from dataclasses import dataclass
from math import inf
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Status = Literal["pass", "fail", "inconclusive"]
Statistic = Literal["mean", "median", "p99"]

BIAS_S = 0.0003
P99_S = 0.002
MEDIAN_S = 0.0005  # also of parts of the way: a machine that stalls shifts single values, not the middle
WAIT_S = 0.002  # of a queue wait, which begins and ends with a connection opened
NOISY_S = 0.001  # a process that only has to wake, and is later than this once in 100: half of what P99_S allows
BUSY_S = 0.003  # the same for the server's loop, whose timers are a millisecond coarse
STALL_S = 0.010  # a single stall of either, as long as a slice of processor time that went to somebody else
SWAMPED = 5  # times as late as that: other work takes the processors away for whole slices, and nothing can be told
WAKES = 3  # processes must wake between cause and record: the server, the kernel's side of it, the harness


@dataclass(frozen=True, slots=True)
class Spread:
    """Some seconds: how many, their mean and median, and the median, 99th percentile and maximum of their size."""

    count: int
    mean_s: float
    median_s: float
    p50_s: float
    p99_s: float
    max_s: float

    @classmethod
    def of(cls, values_s: Floats) -> Self | None:
        """Of the values, shape (n,); None where there are none."""
        if not values_s.size:
            return None
        sizes = np.abs(values_s)
        p50, p99 = np.quantile(sizes, [0.5, 0.99], method="inverted_cdf").tolist()
        return cls(values_s.size, float(values_s.mean()), float(np.median(values_s)), p50, p99, float(sizes.max()))


@dataclass(frozen=True, slots=True)
class Control:
    """How late two other processes woke meanwhile: one with nothing else to do, and the server, which does little."""

    idle: Spread | None = None
    server: Spread | None = None

    @property
    def noisy(self) -> bool:
        """Whether the machine was too busy with other things for every bar to be judged."""
        return self._beyond(1)

    @property
    def swamped(self) -> bool:
        """Whether it was too busy for any bar to be judged."""
        return self._beyond(SWAMPED)

    def excuse_s(self, statistic: Statistic) -> float:
        """How much of an error the machine explains; it can stall the harness at other instants than it stalled these.

        0 where the machine was quiet, all of it where it was swamped.
        """
        both = [one for one in (self.idle, self.server) if one is not None]
        if not self.noisy or self.swamped:
            return inf if self.swamped else 0.0
        if statistic != "p99":
            return WAKES * max(one.mean_s if statistic == "mean" else one.median_s for one in both)
        return max(max(WAKES * one.p99_s, one.max_s) for one in both)

    def words(self) -> str:
        """Say how late they were."""
        told = [
            f"{name} woke {one.p99_s * 1000:.1f} ms late"
            for name, one in (("an idle process", self.idle), ("the server", self.server))
            if one is not None
        ]
        return " and ".join(told) + " at the 99th percentile"

    def _beyond(self, times: float) -> bool:
        return any(
            one is not None and (one.p99_s > times * limit_s or one.max_s > times * STALL_S)
            for one, limit_s in ((self.idle, NOISY_S), (self.server, BUSY_S))
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what is held to it, the value (seconds, or a count), the limit, and what came of it."""

    what: str
    value: float
    limit: float
    status: Status
    words: str = ""


def timing_bars(where: str, errors: dict[str, Spread | None], control: Control) -> list[Bar]:
    """Hold the errors of one run to the bars; `errors` by name, `control` tells of the machine meanwhile."""
    bars = []
    for name, spread in errors.items():
        if spread is None:
            bars.append(Bar(f"{where}: {name}", 0, 0, "inconclusive", "nothing was measured"))
        elif name == "latency":
            bars.append(judge(f"{where}: bias of {name}", abs(spread.mean_s), BIAS_S, control, "mean"))
            bars.append(judge(f"{where}: p99 error of {name}", spread.p99_s, P99_S, control, "p99"))
        if spread is not None:
            limit_s = WAIT_S if name == "wait" else MEDIAN_S
            bars.append(judge(f"{where}: median error of {name}", abs(spread.median_s), limit_s, control, "median"))
    return bars


def judge(what: str, value_s: float, limit_s: float, control: Control, statistic: Statistic) -> Bar:
    """Judge one value: what a noisy machine's own lateness explains is inconclusive, anything else above is a fail."""
    told = f"{value_s * 1000:.2f} ms, at most {limit_s * 1000:.2f} ms is sound"
    if value_s <= limit_s:
        return Bar(what, value_s, limit_s, "pass", told)
    if value_s <= limit_s + control.excuse_s(statistic):
        return Bar(what, value_s, limit_s, "inconclusive", f"{told}; the machine is noisy: {control.words()}")
    return Bar(what, value_s, limit_s, "fail", told)


def verdict(bars: list[Bar]) -> Status:
    """Sum up: one failed bar fails, else one that could not be judged leaves all of it open."""
    statuses = {bar.status for bar in bars}
    if "fail" in statuses:
        return "fail"
    return "inconclusive" if "inconclusive" in statuses or not bars else "pass"
