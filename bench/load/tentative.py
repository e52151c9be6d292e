"""Results without a mark whose frame may still turn out to be an earlier one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.load.bounds import Bounds
from bench.load.entries import Arrival, SentFrame

MOST_HELD = 64
"""A row is written this many results late at most. Beyond, a result that finds no frame left proves nothing."""


@dataclass(slots=True)
class HeldResult:
    """A result, the frames it can belong to, and the latest of these that no result after it needs."""

    arrival: Arrival
    bounds: Bounds
    sent: SentFrame


class HeldResults:
    """The last results of a stream in order, each on a frame of its own, later ones on later frames.

    Each takes the latest frame it can. One that comes in between two ticks, after some that came late, can need the
    frame of the one before: then that one, and where it must those before it, move to earlier frames. `pending` are
    the stream's frames without a fate, in order, the held ones among them; the caller keeps it up to date.
    """

    def __init__(self, pending: list[SentFrame]) -> None:
        self._pending = pending
        self._held: list[HeldResult] = []
        self.overflowed = False

    def __len__(self) -> int:
        return len(self._held)

    @property
    def previous(self) -> Bounds | None:
        """The bounds of the result before the next one."""
        return self._held[-1].bounds if self._held else None

    def add(self, arrival: Arrival, bounds: Bounds) -> bool:
        """Hold a result on the latest frame it can belong to; returns False when all of them are other results'."""
        wanted = self.last_pending(bounds.earliest, bounds.latest)
        if wanted is None or not self._make_room(wanted):
            return False
        self._held.append(HeldResult(arrival, bounds, wanted))
        return True

    def final(self) -> Iterator[HeldResult]:
        """Yield, in order, what no later result can move, and drop it; the newest always stays."""
        while len(self._held) > 1 and (self._stuck() or len(self._held) > MOST_HELD):
            self.overflowed = self.overflowed or len(self._held) > MOST_HELD
            yield self._held.pop(0)

    def all(self) -> Iterator[HeldResult]:
        """Yield all that are held, in order, and drop them."""
        while self._held:
            yield self._held.pop(0)

    def last_pending(self, earliest: int, latest: int) -> SentFrame | None:
        """Find the latest frame without a fate from `earliest` to `latest`."""
        return next((one for one in reversed(self._pending) if earliest <= one.frame <= latest), None)

    def _make_room(self, wanted: SentFrame) -> bool:
        """Let those that hold `wanted`, or what they then need, move to earlier frames: all of them or none."""
        moves: list[tuple[HeldResult, SentFrame]] = []
        for held in reversed(self._held):
            if held.sent.frame < wanted.frame:
                break
            before = self.last_pending(held.bounds.earliest, wanted.frame - 1)
            if before is None:
                return False
            moves.append((held, before))
            wanted = before
        for held, before in moves:
            held.sent = before
        return True

    def _stuck(self) -> bool:
        """Whether the oldest cannot move, or one behind it cannot and so will never push it."""
        taken = -1  # what those before cannot leave
        for held in self._held[:-1]:
            low = max(held.bounds.earliest, taken + 1)
            if self.last_pending(low, held.sent.frame - 1) is None:
                return True
            taken = next(one.frame for one in self._pending if one.frame >= low)
        return False
