"""One viewer: a person with one open tab, whose camera ticks whatever the server does.

Every step follows what a browser does (Gradio's front end, seen on the wire): an open loop of POSTs that are not
awaited, ticks skipped while the stream waits, a rejoin on the first tick after the end, the output file fetched
before a picture counts as shown.
"""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import inf, isnan, nan
from typing import Any

import gevent

from bench.errors import UsageError
from bench.ledger import Fate, Outcome
from bench.load.books import StreamBooks
from bench.load.crowd import Crowd
from bench.load.device import CameraDevice, Device, MicrophoneDevice
from bench.load.entries import SentFrame, row_of_unsent
from bench.load.listener import Listener
from bench.load.replies import event_id_of, refusal
from bench.load.retry import Retry
from bench.load.screen import Screen
from bench.load.ticker import Ticker
from bench.load.transcript import Transcript
from bench.wire.body import Body
from bench.wire.events import Kept, Result
from bench.wire.stream import Stream
from bench.wire.transport import ConnectionBrokeError, Reply

HEARTBEAT_RETRY_S = 3.0
"""Chromium's delay before an EventSource reconnects."""

FROZEN_S = 1.0
"""A picture that stands still this long looks frozen in the live view; the report measures freezes exactly."""


class Viewer:
    """A synthetic viewer of one endpoint; `start` opens the tab, `leave` closes it."""

    def __init__(self, crowd: Crowd, endpoint: int, number: int | None = None) -> None:
        self.crowd, self.index, self.endpoint = crowd, endpoint, crowd.endpoints[endpoint]
        self.number = crowd.admit(self, number)
        self._session_hash = uuid.uuid4().hex[:11]
        self._transport = crowd.connect()
        face = self.number % crowd.recorders.identities(self.endpoint)  # numbers of viewers long gone come again
        self._device: Device
        self._screen: Screen | Transcript
        if self.endpoint.kind == "camera":
            self._device = CameraDevice(crowd, self.endpoint, face)
            self._screen = Screen(crowd, endpoint, face, self._transport)
        else:
            self._device = MicrophoneDevice(crowd, self.endpoint, face, self._transport)
            self._screen = Transcript(crowd, endpoint, face, self._transport)
        self._listener = Listener(crowd, endpoint, self._session_hash, self._transport, self._take_result)
        self._bodies = self._device.bodies(self._session_hash)
        self._echoed = {
            index: one.output_index
            for index, one in enumerate(self.endpoint.inputs)
            if one.output_index is not None and index != self.endpoint.media_index and one.role != "state"
        }
        self._stream: Stream | None = None
        self._books: list[StreamBooks] = []  # the newest last; closed ones are dropped as new ones come
        self._streams = 0
        self._retry = Retry(self.endpoint.stream_every_s, self.number)
        self._ticker = Ticker(self.endpoint.stream_every_s, self._tick)
        self._pulse: gevent.Greenlet | None = None
        self._result_s = 0.0  # when the last result came
        self.shown_tick_s = nan
        self._left = False
        self._stopped_s = nan

    # The tab --------------------------------------------------------------------------------------------------

    def start(self, *, heartbeat: bool = True) -> None:
        """Open the tab and start the camera; a client that is no browser may have no heartbeat."""
        self._pulse = gevent.spawn(self._heartbeat) if heartbeat else None
        every_s = self.endpoint.stream_every_s
        self._ticker.start(self.crowd.phase_s(self.number, every_s) + self._device.first_tick_s)
        self.crowd.camera_started(self._ticker.started_s)
        self.crowd.writer.viewer((self.index, self.number, self._ticker.started_s, nan))

    def set_input(self, label: str, value: Any) -> None:
        """Change the input labelled `label`: from now on every frame carries `value`.

        Once the first frame sent with it is shown, the change is reported, with the time and the pictures it took.
        Raises UsageError when the endpoint has no such input.
        """
        labels = [one.label for one in self.endpoint.inputs]
        if label not in labels:
            raise UsageError(f"{self.endpoint.api_name} has no input {label!r}.", f"It has: {', '.join(labels)}.")
        self._bodies.set_value(labels.index(label), value)
        if isinstance(self._screen, Screen):
            self._screen.expect(partial(self.crowd.changed, self.index, label))

    def leave(self, patience_s: float = 2.0) -> None:
        """Stop the camera, wait up to `patience_s` for results still under way, and close the tab."""
        if self._left:
            return
        self._left = True
        stopped_s = self.stop()
        if self._stream is not None and self._stream.open:
            _await(lambda: not any(books.waiting_for for books in self._books), stopped_s + patience_s)
        self._close_stream()
        self._close_books()
        self.hang_up()

    def vanish(self, *, silently: bool = False) -> None:
        """Be gone without a word: the stream is not closed.

        All connections die at once, as when a tab crashes; or, `silently`, they stay open and carry nothing more, as
        when a laptop is shut or a network goes away. The crowd is told how the server takes it.
        """
        if self._left:
            return
        self._left, heartbeat = True, self._pulse is not None
        self.stop()
        stream = self._stream
        doing = "idle" if stream is None or stream.over else "open" if stream.open else "waiting"
        self.crowd.vanished(self.index, self, doing, heartbeat=heartbeat, silently=silently)
        if stream is not None:
            self._listener.end(stream, self._books[-1], Outcome.CLOSED)
        if not silently:
            self.hang_up()
        self._close_books()
        if silently and doing == "open":
            self._listener.wait_for_server()
            self.crowd.released(self.index, self)

    def hang_up(self) -> None:
        """Let every connection die, those in use as well."""
        self._screen.abandon()
        self._listener.hang_up()
        if self._pulse is not None:
            self._pulse.kill()
        self._transport.hang_up_silent(inf)
        self._transport.close()

    def hang_up_silent(self, since_s: float) -> None:
        """Break connections on which the app has been silent since before `since_s`."""
        self._transport.hang_up_silent(since_s)

    def doing(self, now_s: float) -> tuple[str, float]:
        """Tell what the viewer is doing, and since when: "waiting", "open", "frozen" or "rejoining".

        It is frozen when no result has come for a second and for three ticks of an open stream.
        """
        stream = self._stream
        if stream is None or stream.over:
            return "rejoining", now_s if stream is None else stream.ended_s
        if not stream.open:
            return "waiting", now_s if isnan(stream.joined_s) else stream.joined_s
        last_s = max(stream.open_s, self._result_s)
        frozen = now_s - last_s > max(FROZEN_S, 3 * self.endpoint.stream_every_s)
        return ("frozen", last_s) if frozen else ("open", stream.open_s)

    @property
    def unreachable_s(self) -> float:
        """Since when no join of this viewer has reached the app, CLOCK_MONOTONIC seconds; NaN while it does."""
        reached = self._stream is not None and self._stream.event_id and not self._stream.over
        return nan if reached else self._retry.unreachable_s

    def settle(self) -> None:
        """Give every frame without a fate the one it has by now, and be forgotten."""
        for books in self._books:
            books.force_closed()
        if not isnan(self._ticker.started_s):
            self.crowd.writer.viewer((self.index, self.number, self._ticker.started_s, self.stop()))
        self.crowd.dismiss(self)

    def stop(self) -> float:
        """Stop the camera for good, and tell when; ticks the process was too busy for have a fate as well."""
        if isnan(self._stopped_s):
            self._stopped_s, missed = self._ticker.stop()
            for frame, tick_s in missed:
                self._miss(frame, tick_s)
        return self._stopped_s

    def _close_books(self) -> None:
        """Let results that have come be read, then settle what is left."""
        self.crowd.attributor.catch_up()
        self.settle()

    def _close_stream(self) -> None:
        """End the stream as the Stop button does. What the server still says of it is no longer this viewer's."""
        stream = self._stream
        if stream is None or stream.over:
            return
        was_open = stream.open
        self._listener.end(stream, self._books[-1], Outcome.UNFINISHED if self.crowd.over else Outcome.CLOSED)
        if was_open:
            with gevent.Timeout(1.0, exception=False), suppress(ConnectionBrokeError):
                self._transport.post(f"{self.crowd.api_path}/stream/{stream.event_id}/close", (b"{}",))

    def _heartbeat(self) -> None:
        while True:
            try:
                for _ in self._transport.stream(f"{self.crowd.api_path}/heartbeat/{self._session_hash}"):
                    pass
            except ConnectionBrokeError as error:
                self.crowd.failed(self.index, "heartbeat", str(error))
            gevent.sleep(HEARTBEAT_RETRY_S)

    # The camera -----------------------------------------------------------------------------------------------

    def _tick(self, frame: int, tick_s: float) -> None:
        stream = self._stream
        if stream is None or stream.over:
            join_or_wait = self._join if self._retry.allows(stream, tick_s) else self._miss
            join_or_wait(frame, tick_s)
        elif stream.open:
            books = self._books[-1]
            gevent.spawn_raw(self._send, stream, books, books.send(frame, tick_s, join=False))
        else:
            self._miss(frame, tick_s)
        self._screen.next_frame = frame + 1

    def _miss(self, frame: int, tick_s: float) -> None:
        """Record a tick at which nothing was sent: the viewer had no open stream, or left before it could be."""
        is_open = self._stream is not None and self._stream.open
        stream, fate = (self._streams - 1, Fate.IN_FLIGHT) if is_open else (-1, Fate.SKIPPED)
        head = (self.index, self.number, stream)
        self.crowd.writer.frame(row_of_unsent(head, frame, tick_s, self._device.length_s(frame), fate))
        self.crowd.counts[self.index].fates[fate] += 1

    def _join(self, frame: int, tick_s: float) -> None:
        stream, marked = Stream(self._streams), self.crowd.marked[self.index]
        self._streams += 1
        books = StreamBooks(
            self.index,
            self.number,
            stream,
            exact=self.endpoint.marked_output is not None,
            patience=self._device.patience,
            legible=lambda: marked.legible,
            frame_row=self.crowd.writer.frame,
            stream_row=self.crowd.writer.stream,
            settled=self._settled,
        )
        self._stream = stream
        self._books = [*(one for one in self._books if not one.closed), books]
        self._listener.joining()
        gevent.spawn(self._send_join, stream, books, books.send(frame, tick_s, join=True))

    def _send_join(self, stream: Stream, books: StreamBooks, sent: SentFrame) -> None:
        reply = self._post_frame(books, sent, "join", "/queue/join?", self._bodies.join)
        event_id = "" if reply is None else event_id_of(reply)
        if stream.over:  # the viewer has vanished meanwhile
            return
        if reply is None:
            self._listener.end(stream, books, Outcome.BROKEN, "the connection broke")
        elif not event_id:
            books.answered(sent, max(reply.status, 500), reply.sent_s, reply.done_s)
            self.crowd.failed(self.index, "join", refusal(reply))
            self._listener.end(stream, books, Outcome.REJECTED, refusal(reply))
        else:
            books.answered(sent, reply.status, reply.sent_s, reply.done_s)
            stream.joined(event_id, reply.sent_s)
            self._listener.listen(stream, books)

    def _send(self, stream: Stream, books: StreamBooks, sent: SentFrame) -> None:
        reply = self._post_frame(books, sent, "stream POST", f"/stream/{stream.event_id}", self._bodies.stream)
        if reply is None:
            return
        books.answered(sent, reply.status, reply.sent_s, reply.done_s)
        if reply.status == 404:
            self._listener.not_found(stream, reply.done_s)
        elif reply.status >= 400:
            self.crowd.failed(self.index, "stream POST", refusal(reply))

    def _post_frame(
        self, books: StreamBooks, sent: SentFrame, where: str, path: str, body: Callable[[bytes], Body]
    ) -> Reply | None:
        """Record and send a frame; None, and the frame has failed, when the connection broke."""
        sent.sending_s = time.monotonic()
        sent.sound_s = self._device.length_s(sent.frame)
        try:
            recording = self._device.record(sent.frame)
            pieces = body(recording.media)
            sent.bytes_sent = recording.uploaded + sum(map(len, pieces))
            return self._transport.post(self.crowd.api_path + path, pieces)
        except ConnectionBrokeError as error:
            if not self._left:  # what breaks because the viewer hung up is still under way as far as it knows
                self.crowd.failed(self.index, where, str(error))
                books.broke(sent)
            return None

    # Results --------------------------------------------------------------------------------------------------

    def _take_result(self, books: StreamBooks, result: Result, now_s: float) -> None:
        self._screen.take(books, result, now_s)
        for index, output in self._echoed.items():
            if output < len(result.data) and result.data[output] is not Kept.KEPT:
                self._bodies.set_value(index, result.data[output])

    def _settled(self, sent: SentFrame) -> None:
        self.crowd.settled(self.index, sent)
        self._screen.settled(sent)
        if sent.result is not None:
            self._result_s = max(self._result_s, sent.result.result_s)
            if sent.result.shown:
                self.shown_tick_s = sent.tick_s


def _await(condition: Callable[[], bool], until_s: float) -> None:
    while not condition() and time.monotonic() < until_s:
        gevent.sleep(0.01)
