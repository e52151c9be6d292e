"""What befalls one stream: its frames are handled one after another, as Gradio does it and as the script wants it."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from bench.truth.connection import Written
from bench.truth.line import Event
from bench.truth.records import Post
from bench.truth.script import Script, strikes

IDLE_S = 30.0
"""A viewer of an endpoint without `time_limit` who sends nothing is cut after this."""


class Handler:
    """Serves the streams of one endpoint. `address` gives the URL of a result; `forget` makes POSTs come too late."""

    def __init__(self, script: Script, address: Callable[[Post], str], forget: Callable[[Event], None]) -> None:
        self._script, self._address, self._forget = script, address, forget
        self._random = Random(script.seed)
        self._latest: dict[str, int] = {}  # by session, the number of the POST handled last

    async def serve(self, event: Event) -> float | None:
        """Serve a stream to its end; returns the seconds of its first call, None when it raised."""
        event.send("process_starts", partial(_note, event, "opened_s"), eta=None)
        stream = _Results(self._script, event, self._result)
        first_s = await self._handle_all(event, stream)
        if not event.alive:
            event.record.how = event.record.how or "left"
        self._forget(event)
        return first_s

    async def _handle_all(self, event: Event, results: "_Results") -> float | None:
        limit_s = self._script.time_limit_s
        began_s, first_s, last_s = time.monotonic(), None, 0.0
        while True:
            post = event.mailbox
            call = event.calls
            await self._call(event, post, call)
            event.run_time_s += time.monotonic() - began_s
            first_s = event.run_time_s if first_s is None else first_s
            if post.raised:
                await self._end(event, "raised", partial(results.end_raised))
                return None
            if event.closed or (limit_s is not None and event.run_time_s >= limit_s):
                how = "closed" if event.closed else "limit"
                await self._end(event, how, partial(results.end_fresh, post, call))
                return first_s
            last_s = (limit_s or IDLE_S) - first_s
            results.tell(post, call, last_s)
            if not event.alive:
                return first_s
            began_s = time.monotonic()
            how = await _next(event, last_s)
            if how:
                await self._end(event, how, results.end_stale)
                return first_s

    async def _call(self, event: Event, post: Post, call: int) -> None:
        script = self._script
        post.taken_s = time.monotonic()
        event.calls += 1
        seconds = script.handler.draw(self._random) + script.stall_s * strikes(script.stall_every, call)
        if seconds > 0:
            await asyncio.sleep(seconds)
        post.done_s = time.monotonic()
        post.raised = 0 < script.raise_at == call
        others = [number for session, number in self._latest.items() if session != event.record.session]
        if strikes(script.cross_every, call) and others:
            post.shows = others[-1]
        elif not strikes(script.garble_every, call):
            post.shows = post.number
        post.lost = strikes(script.lose_every, call)
        self._latest.pop(event.record.session, None)
        self._latest[event.record.session] = post.number

    async def _end(self, event: Event, how: str, say: Callable[[], None]) -> None:
        """End a stream: POSTs come too late from now on, also while its viewer has not been told yet."""
        event.record.how = how
        if self._script.tell_end_after_s:
            self._forget(event)
            await asyncio.sleep(self._script.tell_end_after_s)
        say()

    def _result(self, post: Post) -> dict[str, Any]:
        address = self._address(post)
        kind = ("image.jpg", None) if self._script.kind == "camera" else ("audio.wav", "audio/wav")
        return {
            "path": address.partition("file=")[2],
            "url": address,
            "size": None,
            "orig_name": kind[0],
            "mime_type": kind[1],
            "is_stream": False,
            "meta": {"_type": "gradio.FileData"},
        }


class _Results:
    """Sends the results of one stream: on time, or dropped, doubled and swapped as the script wants."""

    def __init__(self, script: Script, event: Event, result: Callable[[Post], dict[str, Any]]) -> None:
        self._script, self._event, self._result = script, event, result
        self._held: Post | None = None
        self._last: Post | None = None
        self._time_limit: float | None = None

    def tell(self, post: Post, call: int, time_limit_s: float) -> None:
        """Send the result of a call while the stream goes on."""
        self._time_limit = time_limit_s if self._script.time_limit_s else None
        if strikes(self._script.drop_every, call):
            return
        if strikes(self._script.swap_every, call) and self._held is None:
            self._held = post
            return
        self._stream(post)
        if strikes(self._script.duplicate_every, call):
            post.repeats += 1
            self._stream(post)
        self._release()

    def end_fresh(self, post: Post, call: int) -> None:
        """Complete with the last result, which is a new one; where it is dropped, with the one before it."""
        if strikes(self._script.drop_every, call):
            self.end_stale()
            return
        held, self._held = self._held, None
        if held is not None:
            self._stream(post)
        elif strikes(self._script.duplicate_every, call):
            post.repeats += 1
            self._stream(post)
        self._complete(held or post, fresh=True)

    def end_stale(self) -> None:
        """Complete with a repetition of the last result."""
        self._release()
        self._complete(self._last, fresh=False)

    def end_raised(self) -> None:
        """Complete with the handler's error."""
        self._release()
        then = partial(_note, self._event, "ended_s")
        self._event.send("process_completed", then, output={"error": "scripted"}, success=False, title="Error")

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._stream(held)

    def _stream(self, post: Post) -> None:
        self._last = post
        output = {"data": [self._result(post)], "is_generating": True}
        then = partial(_sent, post)
        self._event.send("process_streaming", then, output=output, success=True, time_limit=self._time_limit)

    def _complete(self, post: Post | None, *, fresh: bool) -> None:
        data = [] if post is None else [self._result(post)]

        def then(written: Written) -> None:
            _note(self._event, "ended_s", written)
            if fresh and post is not None:
                _sent(post, written)

        output = {"data": data, "is_generating": not fresh}
        self._event.send("process_completed", then, output=output, success=True, title=None)


async def _next(event: Event, patience_s: float) -> str:
    """Wait for the next frame; returns how the stream ended where none came: closed, or idle."""
    try:
        async with asyncio.timeout(patience_s):
            await event.signal.wait()
    except TimeoutError:
        return "idle"
    event.signal.clear()
    return "closed" if event.closed else ""


def _sent(post: Post, written: Written) -> None:
    if not post.answered:
        post.sending_s, post.sent_s = written


def _note(event: Event, field: str, written: Written) -> None:
    setattr(event.record, field, written.done_s)
