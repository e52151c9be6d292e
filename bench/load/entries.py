"""What the books are kept of: frames sent and results that came; and the ledger rows they become."""

from dataclasses import dataclass
from math import nan
from typing import Any

from bench.ledger import CERTAIN, JOIN, SHOWN, Fate
from bench.wire.stream import Stream

Row = tuple[Any, ...]
Head = tuple[int, int, int]
"""Endpoint, viewer and stream: how the rows of one stream begin."""


@dataclass(slots=True)
class SentFrame:
    """A frame that was sent, or is being sent. Times are CLOCK_MONOTONIC seconds, NaN until they come."""

    frame: int
    tick_s: float
    join: bool
    sending_s: float = nan
    sent_s: float = nan
    accepted_s: float = nan
    status: int = 0
    bytes_sent: int = 0
    sound_s: float = 0.0
    fate: Fate | None = None
    certain: bool = False
    earliest: int = -1
    latest: int = -1
    result: "Arrival | None" = None


@dataclass(slots=True)
class Arrival:
    """A result that came. `frame` is what its mark said, None when it could not be read.

    `between` says that an unread one still is a result of a frame between its neighbours': its picture could not be
    fetched, or it leaves the picture as it was, or its sound says nothing that is not said elsewhere.
    """

    result_s: float
    bytes_received: int
    shown_s: float = nan
    shown: bool = False
    read: bool = False
    frame: int | None = None
    between: bool = False


@dataclass(slots=True)
class Integrity:
    """What went wrong with results of one stream that did come."""

    duplicated: int = 0
    out_of_order: int = 0
    cross_talk: int = 0
    state_errors: int = 0
    damaged: int = 0
    lost_updates: int = 0


def row_of_frame(head: Head, sent: SentFrame) -> Row:
    """Build the ledger row of a frame whose fate is known."""
    assert sent.fate is not None
    result = sent.result
    shown = result is not None and result.shown
    return (
        *head,
        sent.frame,
        sent.frame if sent.earliest < 0 else sent.earliest,
        sent.frame if sent.latest < 0 else sent.latest,
        int(sent.fate),
        sent.join * JOIN | sent.certain * CERTAIN | shown * SHOWN,
        sent.status,
        sent.bytes_sent,
        0 if result is None else result.bytes_received,
        sent.tick_s,
        sent.sending_s,
        sent.sent_s,
        sent.accepted_s,
        nan if result is None else result.result_s,
        nan if result is None else result.shown_s,
        sent.sound_s,
    )


def row_of_stream(head: Head, stream: Stream, results: int, integrity: Integrity) -> Row:
    """Build the ledger row of a stream that has ended."""
    return (
        *head,
        int(stream.outcome),
        stream.joined_s,
        stream.open_s,
        stream.ended_s,
        stream.eta_s,
        stream.rank,
        stream.queue_size,
        results,
        integrity.duplicated,
        integrity.out_of_order,
        integrity.cross_talk,
        integrity.state_errors,
        integrity.damaged,
        integrity.lost_updates,
        stream.event_id.encode(),
    )


def row_of_unsent(head: Head, frame: int, tick_s: float, sound_s: float, fate: Fate) -> Row:
    """Build the ledger row of a frame that was due and never sent; outside any stream, its number is -1."""
    never = (nan,) * 5
    return (*head, frame, frame, frame, int(fate), CERTAIN, 0, 0, 0, tick_s, *never, sound_s)
