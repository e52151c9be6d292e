"""A viewer's screen: fetches the picture of each result, shows it, and has its mark read."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.ledger import Fate
from bench.load.books import StreamBooks
from bench.load.crowd import Crowd
from bench.load.entries import Arrival, SentFrame
from bench.load.fetch import Fetcher
from bench.load.marked import Candidates
from bench.media.mark import Identity
from bench.media.reading import read_mark
from bench.wire.events import Kept, Result
from bench.wire.transport import Transport

Effect = Callable[[int, float], None]


@dataclass(slots=True)
class Change:
    """A changed input, until its effect shows: `pictures` shown since, among them none sent after the change."""

    changed_s: float
    first_frame: int
    pictures: int
    effect: Effect


class Screen:
    """Where the pictures of one viewer go. `endpoint` is an index into the crowd's endpoints."""

    def __init__(self, crowd: Crowd, endpoint: int, viewer: int, transport: Transport) -> None:
        self._crowd, self._index, self._viewer = crowd, endpoint, viewer
        self._marked = crowd.marked[endpoint]
        self._fetcher = Fetcher(crowd, endpoint, transport)
        self._latest: Arrival | None = None
        self._changes: list[Change] = []
        self.next_frame = 0

    def take(self, books: StreamBooks, result: Result, now_s: float) -> None:
        """Take a fresh result: note its time first, then fetch, show and read it."""
        arrival = books.arrived(now_s, result.size)
        candidates = self._marked.candidates(result.data)
        pictures = [(output, value) for output, value in candidates if value is not None and value is not Kept.KEPT]
        # An answer like any other, with nothing new to show where a mark could be.
        arrival.between = any(value is Kept.KEPT for _, value in candidates)
        if not pictures:
            books.read(arrival)
            return
        self._latest = arrival
        self._fetch(books, arrival, pictures)

    def abandon(self) -> None:
        """Take note that the viewer is gone."""
        self._fetcher.gone = True

    def expect(self, effect: Effect) -> None:
        """Call `effect` with the pictures shown and the seconds passed once a frame sent from now on is shown."""
        self._changes.append(Change(time.monotonic(), self.next_frame, 0, effect))

    def settled(self, sent: SentFrame) -> None:
        """Look whether a shown frame is the first to show a change."""
        if not self._changes or sent.fate is not Fate.DELIVERED or sent.result is None or not sent.result.shown:
            return
        shown_s = sent.result.shown_s
        for change in [change for change in self._changes if shown_s >= change.changed_s]:
            change.pictures += 1
            if sent.frame >= change.first_frame:
                self._changes.remove(change)
                change.effect(change.pictures, shown_s - change.changed_s)

    def _fetch(self, books: StreamBooks, arrival: Arrival, pictures: Candidates) -> None:
        """Fetch and read the first of a result's pictures; the next one follows where it shows no mark."""
        (_, value), *_ = pictures
        self._fetcher.fetch(value, arrival, partial(self._show, books, arrival, pictures))

    def _show(self, books: StreamBooks, arrival: Arrival, pictures: Candidates, picture: bytes | None) -> None:
        if picture is None:
            arrival.between = True
            books.read(arrival)
            return
        # A picture that was superseded while it loaded never reaches a browser's screen.
        arrival.shown = arrival is self._latest
        look = partial(read_mark, picture, self._crowd.recorders.layout)
        self._crowd.attributor.read(look, partial(self._attribute, books, arrival, pictures))

    def _attribute(self, books: StreamBooks, arrival: Arrival, pictures: Candidates, identity: Identity | None) -> None:
        layout = self._crowd.recorders.layout
        if books.closed:
            return
        (output, _), *others = pictures
        if identity is None:
            self._fetch(books, arrival, others) if others else books.read(arrival)
            return
        self._marked.found(output)
        if identity.viewer != self._viewer:
            self._crowd.failed(self._index, "cross-talk", "a picture of another viewer")
            books.read(arrival, cross_talk=True)
        else:
            books.read(arrival, layout.unwrap(identity.frame, self.next_frame))
