"""The bars: how far the harness may be off, and whether one that is not met is its fault or the machine's."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Status = Literal["pass", "fail", "inconclusive"]
Statistic = Literal["mean", "p99"]

BIAS_S = 0.0003
P99_S = 0.002
MEDIAN_S = 0.0005  # of parts of the way: a loop that wakes late shifts single ones, not the middle
NOISY_S = 0.001  # a process that only has to wake, and is later than this once in 100: half of what P99_S allows
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
class Bar:
    """One bar: what is held to it, the value (seconds, or a count), the limit, and what came of it."""

    what: str
    value: float
    limit: float
    status: Status
    words: str = ""


def timing_bars(where: str, errors: dict[str, Spread | None], control: Spread | None) -> list[Bar]:
    """Hold the errors of one run to the bars; `errors` by name, `control` the metronome's lateness during it."""
    bars = []
    for name, spread in errors.items():
        if spread is None:
            bars.append(Bar(f"{where}: {name}", 0, 0, "inconclusive", "nothing was measured"))
        elif name == "latency":
            bars.append(judge(f"{where}: bias of {name}", abs(spread.mean_s), BIAS_S, control, "mean"))
            bars.append(judge(f"{where}: p99 error of {name}", spread.p99_s, P99_S, control, "p99"))
        else:
            bars.append(judge(f"{where}: median error of {name}", abs(spread.median_s), MEDIAN_S, control, "mean"))
    return bars


def judge(what: str, value_s: float, limit_s: float, control: Spread | None, statistic: Statistic) -> Bar:
    """Judge one value: what a noisy machine's own lateness explains is inconclusive, anything else above is a fail."""
    told = f"{value_s * 1000:.2f} ms, at most {limit_s * 1000:.2f} ms is sound"
    if value_s <= limit_s:
        return Bar(what, value_s, limit_s, "pass", told)
    if control is not None and noisy(control) and value_s <= limit_s + _excuse_s(control, statistic):
        late = f"an idle process woke {control.p99_s * 1000:.1f} ms late at its 99th percentile"
        return Bar(what, value_s, limit_s, "inconclusive", f"{told}; the machine is noisy: {late}")
    return Bar(what, value_s, limit_s, "fail", told)


def noisy(control: Spread | None) -> bool:
    """Whether the machine was too busy with other things to be judged on."""
    return control is not None and control.p99_s > NOISY_S


def _excuse_s(control: Spread, statistic: Statistic) -> float:
    """How much of an error the machine explains; it can stall at other instants than it stalled the metronome."""
    return WAKES * control.mean_s if statistic == "mean" else max(WAKES * control.p99_s, control.max_s)


def verdict(bars: list[Bar]) -> Status:
    """Sum up: one failed bar fails, else one that could not be judged leaves all of it open."""
    statuses = {bar.status for bar in bars}
    if "fail" in statuses:
        return "fail"
    return "inconclusive" if "inconclusive" in statuses or not bars else "pass"
