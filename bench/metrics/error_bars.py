"""Error bars: how far the harness itself may be off, so that no verdict depends on less."""

from dataclasses import dataclass
from typing import Any, Self

from bench.ledger import Ledger
from bench.metrics.distribution import Distribution

SELFCHECK = "selfcheck on this machine"
DERIVED = "derived from this run"
_TAILS = frozenset({"p90", "p95", "p99", "max"})
_WAITS = ("queue_wait", "eta_error", "rotation", "first_frame")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBars:
    """How far a time may be off, either way, in seconds; None where nothing tells.

    latency bias: the mean, and the median; latency p99 error: 99 of 100 single frames, and so the upper quantiles;
    queue wait error: 99 of 100 waits. `frames_per_s` is the rate of one generator process up to which they hold, and
    `measured_at` when the self-check was made (ISO 8601): both None where they are derived from the run.
    """

    latency_bias_s: float | None
    latency_p99_error_s: float | None
    queue_wait_error_s: float | None
    frames_per_s: float | None
    measured_at: str | None
    source: str

    @classmethod
    def worst(cls, kept: list[dict[str, Any]]) -> Self:
        """Those of several processes' self-checks: the widest bars, the lowest rate, the oldest date."""
        return cls(
            latency_bias_s=max(one["latency_bias_s"] for one in kept),
            latency_p99_error_s=max(one["latency_p99_error_s"] for one in kept),
            queue_wait_error_s=max(one["queue_wait_error_s"] for one in kept),
            frames_per_s=min(one["frames_per_s"] for one in kept),
            measured_at=min(one["measured_at"] for one in kept),
            source=SELFCHECK,
        )

    @classmethod
    def derived(cls, send_lag: Distribution | None, loop_lag: Distribution | None) -> Self:
        """From the run itself: what wakes late to send also wakes late to take the time of a result.

        So the mean lateness of sending bounds the bias, and its 99th percentile, or the median of the event loop's
        worst wakes where that is more, bounds single values. In self-checks both were many times the true error.
        """
        tail_s = max((one for one in (send_lag and send_lag.p99, loop_lag and loop_lag.p50) if one), default=None)
        return cls(
            latency_bias_s=send_lag.mean if send_lag else None,
            latency_p99_error_s=tail_s if send_lag else None,
            queue_wait_error_s=tail_s,
            frames_per_s=None,
            measured_at=None,
            source=DERIVED,
        )

    def of(self, figure: str, statistic: str = "mean") -> float | None:
        """The bar of a figure of results.json in seconds: `of("latency_s", "p95")`, `of("queue_wait_s", "p50")`."""
        if figure.startswith(_WAITS):
            return self.queue_wait_error_s
        return self.latency_p99_error_s if statistic in _TAILS else self.latency_bias_s


def decidable(value: float, limit: float, bar: float | None) -> bool:
    """Whether the harness is exact enough to tell on which side of `limit` the `value` lies.

    All three in one unit. False where they lie no farther apart than the bar: a verdict on it is inconclusive. None
    stands for a figure without a bar, such as a count, which is always decidable.
    """
    return bar is None or abs(value - limit) > bar


def error_bars(
    ledger: Ledger, frames_per_s: float, send_lag: Distribution | None, loop_lag: Distribution | None
) -> ErrorBars:
    """Take the self-checks' where every generator process knew of one and sent no faster than that; else derive them.

    `frames_per_s` is the mean rate of a process of this run.
    """
    kept = [meta.get("error_bars") for meta in ledger.metas if meta["rows"]["frames"]]
    known = [one for one in kept if one]
    if known and len(known) == len(kept):
        worst = ErrorBars.worst(known)
        if worst.frames_per_s is not None and frames_per_s <= worst.frames_per_s:
            return worst
    return ErrorBars.derived(send_lag, loop_lag)
