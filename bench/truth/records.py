"""What a server of known truth remembers: every frame that arrived, every queue event. Times are CLOCK_MONOTONIC."""

from dataclasses import asdict, dataclass, field
from math import isnan, nan
from typing import Any


@dataclass(slots=True)
class Post:
    """One frame that arrived, and what became of it; a time not reached is NaN.

    `shows` is the number of the POST whose picture its result carries: its own, another's in cross-talk, or -1 where
    the file is no picture; `lost` that the file is not to be had. `early` and `late` say that the stream was still
    waiting, or had ended. `viewer` and
    `frame` are read out of its mark after the run; -1 where there is none.
    """

    number: int
    endpoint: int
    event_id: str
    join: bool
    received_s: float  # its last byte had arrived
    status: int = 0
    early: bool = False
    late: bool = False
    taken_s: float = nan  # the handler began
    done_s: float = nan  # the handler returned
    raised: bool = False
    shows: int = -1
    lost: bool = False
    sending_s: float = nan  # its result began to be written
    sent_s: float = nan
    repeats: int = 0
    asked_s: float = nan  # the GET of its file arrived
    serving_s: float = nan  # its file began to be written
    served_s: float = nan
    viewer: int = -1
    frame: int = -1
    media: bytes = b""

    @property
    def answered(self) -> bool:
        """Whether a result of its own was sent."""
        return not isnan(self.sent_s)


@dataclass(slots=True)
class EventRecord:
    """One queue event: a stream as the server saw it. `how` it ended: limit, idle, closed, raised or left."""

    event_id: str
    endpoint: int
    session: str
    joined_s: float
    opened_s: float = nan  # process_starts was written
    closed_s: float = nan  # the viewer's close arrived
    ended_s: float = nan  # process_completed was written
    how: str = ""


@dataclass(slots=True)
class Records:
    """Everything since the last report. `lag_s` holds when the server's own loop was due, and how late it woke."""

    posts: list[Post] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    lag_s: list[tuple[float, float]] = field(default_factory=list)
    cpu_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Give it as plain values, without the media; NaN is written as null."""
        posts = [{**asdict(post), "media": len(post.media)} for post in self.posts]
        return {"posts": posts, "events": list(map(asdict, self.events)), "lag_s": self.lag_s, "cpu_s": self.cpu_s}


def records_from_json(content: dict[str, Any]) -> Records:
    """Make it from what `as_json` gave, once that has been JSON; `media` is then empty."""
    posts = [Post(**{**_times(post), "media": b""}) for post in content["posts"]]
    events = [EventRecord(**_times(event)) for event in content["events"]]
    return Records(posts, events, content["lag_s"], content["cpu_s"])


def _times(row: dict[str, Any]) -> dict[str, Any]:
    return {name: nan if value is None else value for name, value in row.items()}
