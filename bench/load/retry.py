"""When a viewer whose join failed may try again: at its next tick, as a browser does, then less and less often."""

from math import isnan, nan
from random import Random

from bench.ledger import Outcome
from bench.wire.stream import Stream

MOST_S = 3.0
"""The longest wait between two joins: as long as a browser's EventSource waits before it connects again."""

_FAILED = (Outcome.BROKEN, Outcome.REJECTED)


class Retry:
    """Counts the joins of one viewer that failed in a row.

    A browser would go on joining at every tick. A crowd of synthetic ones would then be the storm that keeps a server
    down: so after the second failure a viewer waits two ticks, then four, and so on up to `MOST_S`, less up to half by
    chance, so that viewers who failed together do not come back together.
    """

    def __init__(self, tick_s: float, seed: int) -> None:
        self.unreachable_s = nan
        """Since when no connection of a join has held, CLOCK_MONOTONIC seconds; NaN while one does."""
        self._tick_s, self._random = tick_s, Random(seed)
        self._failures = 0
        self._counted = -1
        self._until_s = 0.0

    def allows(self, last: Stream | None, now_s: float) -> bool:
        """Whether to join at `now_s`; `last` is the viewer's stream before, which is over."""
        if last is None or last.outcome not in _FAILED or not isnan(last.open_s):
            self._failures, self.unreachable_s = 0, nan
            return True
        if last.ordinal != self._counted:
            self._counted = last.ordinal
            self._count(last)
        return now_s >= self._until_s

    def _count(self, failed: Stream) -> None:
        self._failures += 1
        if failed.outcome is Outcome.REJECTED:
            self.unreachable_s = nan
        elif isnan(self.unreachable_s):
            self.unreachable_s = failed.ended_s
        if self._failures > 1:
            wait_s = min(MOST_S, self._tick_s * 2.0 ** min(self._failures - 1, 30))
            self._until_s = failed.ended_s + wait_s * self._random.uniform(0.5, 1.0)
