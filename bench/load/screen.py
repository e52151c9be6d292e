"""A viewer's screen: fetches the output file of each result, shows it, and has its mark read."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import gevent
import pybase64

from bench.ledger import Fate
from bench.load.books import Arrival, SentFrame, StreamBooks
from bench.load.crowd import Crowd
from bench.media.mark import Identity
from bench.wire.events import Result
from bench.wire.transport import ConnectionBrokeError, Transport

Effect = Callable[[int, float], None]


@dataclass(slots=True)
class Change:
    """A changed input, until its effect shows: `pictures` shown since, among them none sent after the change."""

    changed_s: float
    first_frame: int
    pictures: int
    effect: Effect


class Screen:
    """Where the results of one viewer go. `endpoint` is an index into the crowd's endpoints."""

    def __init__(self, crowd: Crowd, endpoint: int, viewer: int, transport: Transport) -> None:
        self._crowd, self._index, self._viewer = crowd, endpoint, viewer
        self._marked = crowd.endpoints[endpoint].marked_output
        self._transport = transport
        root = urlsplit(crowd.app.root)
        self._origin = f"{root.scheme}://{root.netloc}/"
        self._latest: Arrival | None = None
        self._changes: list[Change] = []
        self.next_frame = 0

    def take(self, books: StreamBooks, result: Result, now_s: float) -> None:
        """Take a fresh result: note its time first, then fetch, show and read it."""
        arrival = books.arrived(now_s, result.size)
        value = None
        if self._marked is not None and self._marked < len(result.data):
            value = result.data[self._marked]
        if value is None:
            books.read(arrival)
            return
        self._latest = arrival
        self._take_picture(books, arrival, value)

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

    def _take_picture(self, books: StreamBooks, arrival: Arrival, value: Any) -> None:
        url = str(value.get("url") or "") if isinstance(value, dict) else str(value)
        if url.startswith("data:"):
            arrival.shown_s, arrival.shown = arrival.result_s, True
            self._read_mark(books, arrival, pybase64.b64decode(url.partition(",")[2]))
            return
        path = self._own_path(url, value)
        if path is None:
            self._crowd.failed(self._index, "output file", f"not of the app's own origin: {url[:120]}")
            self._lose(books, arrival)
        else:
            gevent.spawn_raw(self._fetch, books, arrival, path)

    def _own_path(self, url: str, value: Any) -> str | None:
        """Path of an output file on the app's own origin; None for any other address."""
        if url.startswith(self._origin):
            return url[len(self._origin) - 1 :]
        parts = urlsplit(url)
        if url and (not parts.netloc or parts.netloc == urlsplit(self._crowd.app.root).netloc):
            return parts.path + (f"?{parts.query}" if parts.query else "")
        if not url and isinstance(value, dict) and value.get("path"):
            return f"{self._crowd.api_path}/file={value['path']}"
        return None

    def _fetch(self, books: StreamBooks, arrival: Arrival, path: str) -> None:
        try:
            reply = self._transport.get(path)
            problem = "" if reply.status == 200 else f"HTTP {reply.status}"
        except ConnectionBrokeError as error:
            problem = str(error)
        if problem:
            if not books.closed:
                self._crowd.failed(self._index, "output file", problem)
            self._lose(books, arrival)
            return
        arrival.shown_s, arrival.bytes_received = reply.done_s, len(reply.body)
        # A picture that was superseded while it loaded never reaches a browser's screen.
        arrival.shown = arrival is self._latest
        self._read_mark(books, arrival, reply.body)

    def _lose(self, books: StreamBooks, arrival: Arrival) -> None:
        arrival.lost = True
        books.read(arrival)

    def _read_mark(self, books: StreamBooks, arrival: Arrival, picture: bytes) -> None:
        self._crowd.attributor.read(picture, self._crowd.camera.layout, partial(self._attribute, books, arrival))

    def _attribute(self, books: StreamBooks, arrival: Arrival, identity: Identity | None) -> None:
        layout = self._crowd.camera.layout
        if books.closed:
            return
        if identity is None:
            books.read(arrival)
        elif identity.viewer != self._viewer % layout.viewers:
            self._crowd.failed(self._index, "cross-talk", f"viewer {self._viewer} was shown viewer {identity.viewer}")
            books.read(arrival, cross_talk=True)
        else:
            books.read(arrival, layout.unwrap(identity.frame, self.next_frame))
