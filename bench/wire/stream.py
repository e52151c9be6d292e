"""One stream's life as a state machine: join → wait → open → ended. Pure: events and replies in, state out."""

from dataclasses import dataclass, field
from enum import Enum, auto
from math import nan

from bench.ledger import Outcome
from bench.wire.events import Completed, Estimation, Event, Result, ServerError, Started


class State(Enum):
    """Where a stream stands. Frames may be sent only while it is OPEN."""

    JOINING = auto()  # the join POST has no answer yet
    WAITING = auto()  # in the queue
    OPEN = auto()
    ENDED = auto()


@dataclass(slots=True)
class Stream:
    """What a viewer knows of one of its streams. Times are CLOCK_MONOTONIC seconds, NaN until they come."""

    ordinal: int
    state: State = State.JOINING
    event_id: str = ""
    outcome: Outcome = Outcome.UNFINISHED
    error: str = ""
    joined_s: float = nan
    open_s: float = nan
    ended_s: float = nan
    eta_s: float = nan
    rank: int = -1
    queue_size: int = -1
    stage: str = field(default="join", init=False)

    @property
    def over(self) -> bool:
        """Whether the stream has ended."""
        return self.state is State.ENDED

    @property
    def open(self) -> bool:
        """Whether frames may be sent now."""
        return self.state is State.OPEN

    def joined(self, event_id: str, joined_s: float) -> None:
        """Take note that the join was accepted under `event_id`."""
        self.event_id, self.joined_s = event_id, joined_s
        self.state, self.stage = State.WAITING, "queue"

    def take(self, event: Event, now_s: float) -> Result | None:
        """Let an event of this stream take effect; returns the result it brought, if any."""
        match event:
            case Estimation() if self.rank < 0:
                self.rank, self.queue_size = event.rank, event.queue_size
                self.eta_s = nan if event.eta_s is None else event.eta_s
            case Started() if self.state is State.WAITING:
                self.state, self.open_s, self.stage = State.OPEN, now_s, "stream"
            case Result():
                return event
            case Completed():
                self.end(Outcome.COMPLETED if event.success else Outcome.FAILED, now_s, event.error)
                return event.last
            case ServerError():
                self.end(Outcome.BROKEN, now_s, event.text)
        return None

    def end(self, outcome: Outcome, now_s: float, error: str = "") -> None:
        """End the stream; the first reason given stays."""
        if not self.over:
            self.state, self.outcome, self.ended_s, self.error = State.ENDED, outcome, now_s, error
