"""One viewer: a person with one open tab, whose camera ticks whatever the server does.

Every step follows what a browser does (Gradio's front end, seen on the wire): an open loop of POSTs that are not
awaited, ticks skipped while the stream waits, a rejoin on the first tick after the end, the output file fetched
before a picture counts as shown.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import isnan, nan
from typing import Any
from urllib.parse import urlsplit

import gevent
import orjson
import pybase64

from bench.errors import UsageError
from bench.ledger import Fate, Outcome
from bench.load.books import Arrival, SentFrame, StreamBooks, skipped_row
from bench.load.crowd import Crowd
from bench.media.mark import Identity
from bench.wire.body import CameraBodies
from bench.wire.events import CloseStream, Event, EventDecoder, Result, ServerError, Started
from bench.wire.stream import Stream
from bench.wire.transport import ConnectionBrokeError, Reply

HEARTBEAT_RETRY_S = 3.0
"""Chromium's delay before an EventSource reconnects."""

ROTATION_404_S = 1.0
"""A 404 this close to the stream's end is the ordinary race of a rotation: a fate, not a failure."""


@dataclass(slots=True)
class Change:
    """A changed input, until its effect shows."""

    what: str
    changed_s: float
    first_frame: int
    frames: int
    effect: Callable[[int, float], None]


class Viewer:
    """A synthetic viewer of one endpoint; `start` opens the tab, `leave` closes it."""

    def __init__(self, crowd: Crowd, endpoint: int) -> None:
        self.crowd, self.index, self.endpoint = crowd, endpoint, crowd.endpoints[endpoint]
        self.number = crowd.admit(self)
        self.session_hash = uuid.uuid4().hex[:11]
        self.stream: Stream | None = None
        self.books: StreamBooks | None = None
        self._transport = crowd.connect()
        self._prefix = urlsplit(crowd.app.root).path.rstrip("/") + crowd.app.api_prefix
        self._bodies = CameraBodies(
            self.endpoint.fn_index,
            self.endpoint.target_id,
            self.session_hash,
            [one.value for one in self.endpoint.inputs],
            self.endpoint.media_index,
        )
        self._echoed = {
            index: one.output_index
            for index, one in enumerate(self.endpoint.inputs)
            if one.output_index is not None and index != self.endpoint.media_index and one.role != "state"
        }
        self._streams = 0
        self._frame = 0
        self._started_s = nan
        self._latest: Arrival | None = None
        self._streams_by_event: dict[str, tuple[Stream, StreamBooks]] = {}
        self._not_found: dict[int, list[float]] = {}
        self._changes: list[Change] = []
        self._all_books: list[StreamBooks] = []
        self._camera_loop: gevent.Greenlet | None = None
        self._heartbeat_loop: gevent.Greenlet | None = None
        self._reader: gevent.Greenlet | None = None
        self._left = False

    # The tab --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the tab and start the camera."""
        self._heartbeat_loop = gevent.spawn(self._heartbeat)
        self._camera_loop = gevent.spawn(self._tick_for_ever)

    def set_input(self, name: str, value: Any, effect: Callable[[int, float], None] | None = None) -> None:
        """Change the input labelled `name`: from now on every frame carries `value`.

        `effect` is called with the number of pictures shown meanwhile and the seconds passed, once the first frame
        sent with the new value is shown. Raises UsageError when the endpoint has no such input.
        """
        labels = [one.label for one in self.endpoint.inputs]
        if name not in labels:
            raise UsageError(f"{self.endpoint.api_name} has no input {name!r}.", f"It has: {', '.join(labels)}.")
        self._bodies.set_value(labels.index(name), value)
        if effect is not None:
            self._changes.append(Change(name, time.monotonic(), self._frame, 0, effect))

    def leave(self, patience_s: float = 2.0) -> None:
        """Stop the camera, wait up to `patience_s` for results still under way, and close the tab."""
        if self._left:
            return
        self._left = True
        gevent.killall([self._camera_loop] if self._camera_loop else [])
        stopped_s = time.monotonic()
        self._await_results(stopped_s + patience_s)
        self._close_stream()
        gevent.killall([loop for loop in (self._reader, self._heartbeat_loop) if loop])
        self._await(lambda: self.crowd.attributor.idle, time.monotonic() + patience_s)
        for books in self._all_books:
            books.force_closed()
        self._transport.close()
        self.crowd.viewers.discard(self)
        if not isnan(self._started_s):
            self.crowd.writer.viewer((self.index, self.number, self._started_s, stopped_s))

    def _await_results(self, until_s: float) -> None:
        if self.stream is not None and self.stream.open:
            self._await(lambda: not any(books.waiting_for for books in self._all_books), until_s)

    def _await(self, condition: Callable[[], bool], until_s: float) -> None:
        while not condition() and time.monotonic() < until_s:
            gevent.sleep(0.01)

    def _close_stream(self) -> None:
        stream, books = self.stream, self.books
        if stream is None or books is None or stream.over:
            return
        if stream.open:
            with gevent.Timeout(1.0, exception=False):
                self._request(
                    "close", lambda: self._transport.post(f"{self._prefix}/stream/{stream.event_id}/close", b"{}")
                )
        self._end(stream, books, Outcome.UNFINISHED if self.crowd.over else Outcome.CLOSED)

    def _heartbeat(self) -> None:
        while True:
            try:
                for _ in self._transport.stream(f"{self._prefix}/heartbeat/{self.session_hash}"):
                    pass
            except ConnectionBrokeError as error:
                self.crowd.failed(self.index, "heartbeat", str(error))
            gevent.sleep(HEARTBEAT_RETRY_S)

    # The camera -----------------------------------------------------------------------------------------------

    def _tick_for_ever(self) -> None:
        every_s = self.endpoint.stream_every_s
        self._started_s = time.monotonic() + self.crowd.phase_s(self.number, every_s)
        self.crowd.camera_started(self._started_s)
        self.crowd.writer.viewer((self.index, self.number, self._started_s, nan))
        while True:
            tick_s = self._started_s + self._frame * every_s
            gevent.sleep(max(0.0, tick_s - time.monotonic()))
            self._tick(self._frame, tick_s)
            self._frame += 1

    def _tick(self, frame: int, tick_s: float) -> None:
        if self.stream is None or self.stream.over:
            self._join(frame, tick_s)
        elif self.stream.open:
            self._send(frame, tick_s)
        else:
            self.crowd.writer.frame(skipped_row(self.index, self.number, frame, tick_s))
            self.crowd.counts[self.index].fates[Fate.SKIPPED] += 1

    def _join(self, frame: int, tick_s: float) -> None:
        stream = Stream(self._streams)
        self._streams += 1
        books = StreamBooks(
            self.index,
            self.number,
            stream,
            exact=self.endpoint.attribution == "exact",
            frame_row=self.crowd.writer.frame,
            stream_row=self.crowd.writer.stream,
            settled=self._settled,
        )
        self.stream, self.books = stream, books
        self._all_books = [*(one for one in self._all_books if not one.closed), books]
        self.crowd.counts[self.index].waiting += 1
        sent = books.send(frame, tick_s, join=True)
        gevent.spawn(self._post_join, stream, books, sent)

    def _send(self, frame: int, tick_s: float) -> None:
        assert self.stream is not None
        assert self.books is not None
        sent = self.books.send(frame, tick_s, join=False)
        gevent.spawn(self._post_frame, self.stream, self.books, sent)

    def _post_join(self, stream: Stream, books: StreamBooks, sent: SentFrame) -> None:
        picture = self.crowd.camera.base64(self.number, sent.frame)
        reply = self._post(books, sent, f"{self._prefix}/queue/join?", self._bodies.join(picture), "join")
        event_id = _event_id(reply)
        if reply is None or event_id is None:
            words = "the connection broke" if reply is None else _refusal(reply)
            if reply is not None:
                self.crowd.failed(self.index, "join", words)
            self._end(stream, books, Outcome.BROKEN if reply is None else Outcome.REJECTED, words)
            return
        stream.joined(event_id, reply.sent_s)
        self._streams_by_event[event_id] = (stream, books)
        self._listen(event_id)

    def _post_frame(self, stream: Stream, books: StreamBooks, sent: SentFrame) -> None:
        picture = self.crowd.camera.base64(self.number, sent.frame)
        path = f"{self._prefix}/stream/{stream.event_id}"
        reply = self._post(books, sent, path, self._bodies.stream(picture), "stream POST")
        if reply is not None and reply.status == 404:
            self._not_found.setdefault(stream.ordinal, []).append(reply.done_s)
            self._judge_not_found(stream)
        elif reply is not None and reply.status >= 400:
            self.crowd.failed(self.index, "stream POST", _refusal(reply))

    def _post(self, books: StreamBooks, sent: SentFrame, path: str, body: bytes, where: str) -> Reply | None:
        sent.bytes_sent = len(body)
        sent.sending_s = time.monotonic()
        reply = self._request(where, lambda: self._transport.post(path, body))
        if reply is None:
            books.broke(sent)
        else:
            status = reply.status if where != "join" or reply.status >= 400 or _event_id(reply) else 500
            books.answered(sent, status, reply.sent_s, reply.done_s)
        return reply

    def _request(self, where: str, call: Callable[[], Reply]) -> Reply | None:
        try:
            return call()
        except ConnectionBrokeError as error:
            if not self._left:
                self.crowd.failed(self.index, where, str(error))
            return None

    # What the server says -------------------------------------------------------------------------------------

    def _listen(self, event_id: str) -> None:
        """Read this session's events until the server closes the connection: one connection per stream."""
        if self._reader is not None:
            self._reader.join(1.0)
            self._reader.kill()
        self._reader = gevent.spawn(self._read_events, event_id)

    def _read_events(self, event_id: str) -> None:
        decoder = EventDecoder()
        problem = "the event stream ended before the stream did"
        try:
            for data in self._transport.stream(f"{self._prefix}/queue/data?session_hash={self.session_hash}"):
                now_s = time.monotonic()
                for event in decoder.feed(data):
                    if isinstance(event, CloseStream):
                        return
                    self._take(event, event_id, now_s)
        except ConnectionBrokeError as error:
            problem = str(error)
        finally:
            stream, books = self._streams_by_event.pop(event_id)
            if not stream.over and not self._left:
                self.crowd.failed(self.index, "event stream", problem)
                self._end(stream, books, Outcome.BROKEN, problem)

    def _take(self, event: Event, event_id: str, now_s: float) -> None:
        own = event_id if isinstance(event, ServerError | CloseStream) else event.event_id
        stream, books = self._streams_by_event.get(own, (None, None))
        if stream is not None and books is not None and not stream.over:
            self._apply(event, stream, books, now_s)

    def _apply(self, event: Event, stream: Stream, books: StreamBooks, now_s: float) -> None:
        result = stream.take(event, now_s)
        if isinstance(event, Started):
            self._opened(stream)
        if result is not None:
            self._take_result(books, result, now_s)
        if stream.over:
            if stream.outcome in {Outcome.FAILED, Outcome.BROKEN}:
                self.crowd.failed(self.index, "handler" if stream.outcome is Outcome.FAILED else "server", stream.error)
            self._after_end(stream, books)

    def _opened(self, stream: Stream) -> None:
        counts = self.crowd.counts[self.index]
        counts.waiting, counts.open = counts.waiting - 1, counts.open + 1
        self.crowd.report("WAIT", self.endpoint.api_name, stream.open_s - stream.joined_s)

    def _end(self, stream: Stream, books: StreamBooks, outcome: Outcome, error: str = "") -> None:
        stream.end(outcome, time.monotonic(), error)
        self._after_end(stream, books)

    def _after_end(self, stream: Stream, books: StreamBooks) -> None:
        counts = self.crowd.counts[self.index]
        if isnan(stream.open_s):
            counts.waiting -= 1
        else:
            counts.open -= 1
        self._judge_not_found(stream)
        books.ended()

    def _judge_not_found(self, stream: Stream) -> None:
        """Tell the 404 of an ordinary rotation from one that came while the stream was open."""
        if not stream.over:
            return
        for answered_s in self._not_found.pop(stream.ordinal, []):
            if answered_s < stream.ended_s - ROTATION_404_S:
                self.crowd.failed(self.index, "stream POST", "404 while the stream was open")

    # Results --------------------------------------------------------------------------------------------------

    def _take_result(self, books: StreamBooks, result: Result, now_s: float) -> None:
        arrival = books.arrived(now_s, result.size)
        for index, output in self._echoed.items():
            if output < len(result.data):
                self._bodies.set_value(index, result.data[output])
        marked = self.endpoint.marked_output
        if marked is None or marked >= len(result.data) or result.data[marked] is None:
            books.read(arrival)
            return
        self._latest = arrival
        self._take_picture(books, arrival, result.data[marked])

    def _take_picture(self, books: StreamBooks, arrival: Arrival, value: Any) -> None:
        url = str(value.get("url") or "") if isinstance(value, dict) else str(value)
        if url.startswith("data:"):
            picture = pybase64.b64decode(url.partition(",")[2])
            arrival.shown_s, arrival.shown = arrival.result_s, True
            self._read_mark(books, arrival, picture)
            return
        path = self._own_path(url, value)
        if path is None:
            self.crowd.failed(self.index, "output file", f"not of the app's own origin: {url[:120]}")
            arrival.lost = True
            books.read(arrival)
            return
        gevent.spawn(self._fetch, books, arrival, path)

    def _own_path(self, url: str, value: Any) -> str | None:
        """Path of an output file on the app's own origin; None for any other address."""
        root = urlsplit(self.crowd.app.root)
        parts = urlsplit(url)
        if url and (not parts.netloc or parts.netloc == root.netloc):
            return parts.path + (f"?{parts.query}" if parts.query else "")
        if not url and isinstance(value, dict) and value.get("path"):
            return f"{self._prefix}/file={value['path']}"
        return None

    def _fetch(self, books: StreamBooks, arrival: Arrival, path: str) -> None:
        reply = self._request("output file", lambda: self._transport.get(path))
        if reply is None or reply.status != 200:
            if reply is not None:
                self.crowd.failed(self.index, "output file", f"HTTP {reply.status}")
            arrival.lost = True
            books.read(arrival)
            return
        arrival.shown_s, arrival.bytes_received = reply.done_s, len(reply.body)
        arrival.shown = arrival is self._latest
        self._read_mark(books, arrival, reply.body)

    def _read_mark(self, books: StreamBooks, arrival: Arrival, picture: bytes) -> None:
        self.crowd.attributor.read(picture, self.crowd.camera.layout, partial(self._mark_read, books, arrival))

    def _mark_read(self, books: StreamBooks, arrival: Arrival, identity: Identity | None) -> None:
        if books.closed:
            return
        if identity is None:
            books.read(arrival)
        elif identity.viewer != self.number % self.crowd.camera.layout.viewers:
            self.crowd.failed(self.index, "cross-talk", f"a picture of viewer {identity.viewer}")
            books.read(arrival, cross_talk=True)
        else:
            books.read(arrival, self.crowd.camera.layout.unwrap(identity.frame, self._frame))

    def _settled(self, sent: SentFrame) -> None:
        self.crowd.settled(self.index, sent)
        if sent.fate is not Fate.DELIVERED or sent.result is None or not sent.result.shown:
            return
        for change in list(self._changes):
            if sent.result.shown_s < change.changed_s:
                continue
            change.frames += 1
            if sent.frame >= change.first_frame:
                self._changes.remove(change)
                change.effect(change.frames, sent.result.shown_s - change.changed_s)


def _event_id(reply: Reply | None) -> str | None:
    """Read the event id out of a join's answer; None where there is none."""
    if reply is None or reply.status != 200:
        return None
    try:
        event_id = orjson.loads(reply.body)["event_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return event_id if isinstance(event_id, str) else None


def _refusal(reply: Reply) -> str:
    """Say in words why a POST was refused: Gradio answers {"detail": …}."""
    try:
        detail = orjson.loads(reply.body)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = reply.body[:120].decode("utf-8", "replace")
    return f"HTTP {reply.status}: {detail}" if detail else f"HTTP {reply.status}"
