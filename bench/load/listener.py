"""A viewer's ear: reads its session's server-sent events and lets them take effect on its streams."""

import time
from collections.abc import Callable
from math import isnan
from urllib.parse import quote

import gevent

from bench.ledger import Outcome
from bench.load.books import StreamBooks
from bench.load.crowd import Crowd
from bench.wire.events import CloseStream, Event, EventDecoder, Malformed, Result, ServerError, Started
from bench.wire.stream import Stream
from bench.wire.transport import ConnectionBrokeError, Transport

ROTATION_404_S = 1.0
"""A 404 this close to the stream's end is the ordinary race of a rotation: a fate, not a failure."""


class Listener:
    """Opens one event connection per stream, as a browser does, and keeps `crowd`'s counts of open streams."""

    def __init__(
        self,
        crowd: Crowd,
        endpoint: int,
        session_hash: str,
        transport: Transport,
        take_result: Callable[[StreamBooks, Result, float], None],
    ) -> None:
        self._crowd, self._index, self._transport = crowd, endpoint, transport
        self._path = f"{crowd.api_path}/queue/data?session_hash={quote(session_hash)}"
        self._take_result = take_result
        self._streams: dict[str, tuple[Stream, StreamBooks]] = {}
        self._not_found_s: dict[int, list[float]] = {}
        self._reader: gevent.Greenlet | None = None

    def listen(self, stream: Stream, books: StreamBooks) -> None:
        """Read events until the server closes the connection; the one of an earlier stream is let finish first."""
        if self._reader is not None:
            self._reader.join(1.0)
            self._reader.kill()
        self._streams[stream.event_id] = (stream, books)
        self._reader = gevent.spawn(self._read, stream, books)

    def hang_up(self) -> None:
        """Stop listening."""
        gevent.killall([self._reader] if self._reader else [])

    def wait_for_server(self) -> None:
        """Wait until the server closes the connection, heard or not."""
        if self._reader is not None:
            self._reader.join()

    def joining(self) -> None:
        """Count a stream that joins."""
        self._crowd.counts[self._index].waiting += 1

    def end(self, stream: Stream, books: StreamBooks, outcome: Outcome, error: str = "") -> None:
        """End a stream for a reason of the viewer's own; one that has ended stays as it is."""
        if not stream.over:
            stream.end(outcome, time.monotonic(), error)
            self._after_end(stream, books)

    def not_found(self, stream: Stream, answered_s: float) -> None:
        """Take note of a 404: ordinary at the end of a stream, a failure while it is open."""
        self._not_found_s.setdefault(stream.ordinal, []).append(answered_s)
        if stream.over:
            self._judge_not_found(stream)

    def _read(self, stream: Stream, books: StreamBooks) -> None:
        decoder = EventDecoder()
        problem = "the event stream ended before the stream did"
        try:
            for data in self._transport.stream(self._path):
                now_s = time.monotonic()
                for event in decoder.feed(data):
                    if isinstance(event, CloseStream):
                        return
                    self._take(event, stream.event_id, now_s)
                if stream.outcome is Outcome.BROKEN:
                    return
        except ConnectionBrokeError as error:
            problem = str(error)
        finally:
            del self._streams[stream.event_id]
        if not stream.over:
            self._crowd.failed(self._index, "event stream", problem)
            self.end(stream, books, Outcome.BROKEN, problem)

    def _take(self, event: Event, event_id: str, now_s: float) -> None:
        if isinstance(event, Malformed):
            self._crowd.failed(self._index, "event stream", event.text)
            return
        own = event_id if isinstance(event, ServerError | CloseStream) else event.event_id
        stream, books = self._streams.get(own, (None, None))
        if stream is not None and books is not None and not stream.over:
            self._apply(event, stream, books, now_s)

    def _apply(self, event: Event, stream: Stream, books: StreamBooks, now_s: float) -> None:
        result = stream.take(event, now_s)
        if isinstance(event, Started):
            self._opened(stream)
        if result is not None:
            self._take_result(books, result, now_s)
        if stream.over:
            if stream.outcome is Outcome.FAILED:
                self._crowd.failed(self._index, "handler", stream.error)
            elif stream.outcome is Outcome.BROKEN:
                self._crowd.failed(self._index, "server", stream.error)
            self._after_end(stream, books)

    def _opened(self, stream: Stream) -> None:
        counts = self._crowd.counts[self._index]
        counts.waiting, counts.open = counts.waiting - 1, counts.open + 1
        name = self._crowd.endpoints[self._index].api_name
        counts.wait.record(stream.open_s - stream.joined_s)
        self._crowd.report("WAIT", name, stream.open_s - stream.joined_s)

    def _after_end(self, stream: Stream, books: StreamBooks) -> None:
        counts = self._crowd.counts[self._index]
        if isnan(stream.open_s):
            counts.waiting -= 1
        else:
            counts.open -= 1
        self._judge_not_found(stream)
        books.ended()
        if books.bounded:
            self._crowd.bounded(self._index)

    def _judge_not_found(self, stream: Stream) -> None:
        for answered_s in self._not_found_s.pop(stream.ordinal, []):
            if answered_s < stream.ended_s - ROTATION_404_S:
                self._crowd.failed(self._index, "stream POST", "404 while the stream was open")
