"""The line before one endpoint: who waits, who streams, and when the next one is let in. After Gradio's queueing.py."""

import asyncio
from collections.abc import Callable, Coroutine
from math import inf
from typing import Any

from bench.truth.records import EventRecord, Post
from bench.truth.script import Script
from bench.truth.session import Session, Then


class Event:
    """One queue event: a stream with its one-slot, latest-wins mailbox."""

    def __init__(self, record: EventRecord, session: Session, post: Post) -> None:
        self.record, self.session = record, session
        self.mailbox = post
        self.signal = asyncio.Event()
        self.alive = True
        self.closed = False
        self.calls = 0
        self.run_time_s = 0.0
        self.started_s = 0.0

    def put(self, post: Post) -> None:
        """Put a frame into the mailbox: the one that waited there is lost."""
        self.mailbox = post
        self.signal.set()

    def close(self) -> None:
        """End it as soon as its handler returns, or at once where it waits."""
        self.closed, self.run_time_s = True, inf
        self.signal.set()

    def send(self, msg: str, then: Then | None = None, **fields: Any) -> None:
        """Send a message of this event, unless its viewer has gone."""
        if self.alive:
            self.session.send({"msg": msg, "event_id": self.record.event_id, **fields}, then)


class Line:
    """Lets events in, first come first served, at most `concurrency_limit` at a time; `serve` does the rest."""

    def __init__(self, script: Script, serve: Callable[[Event], Coroutine[Any, Any, float | None]]) -> None:
        self._script, self._serve = script, serve
        self._waiting: list[Event] = []
        self._active: set[Event] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._first_calls: list[float] = []

    def join(self, event: Event) -> None:
        """Put an event at the end of the line and tell it its place."""
        self._waiting.append(event)
        self._tell_places(len(self._waiting) - 1)
        asyncio.get_running_loop().call_soon(self._let_in)

    def leave(self, event: Event) -> None:
        """Take out an event whose viewer has gone, wherever it stands."""
        event.alive = False
        if event in self._waiting:
            self._waiting.remove(event)

    def _let_in(self) -> None:
        limit = self._script.concurrency_limit
        while self._waiting and (limit is None or len(self._active) < limit):
            event = self._waiting.pop(0)
            event.started_s = asyncio.get_running_loop().time()
            self._active.add(event)
            task = asyncio.create_task(self._work(event))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            self._tell_places(0)

    async def _work(self, event: Event) -> None:
        first_s = await self._serve(event)
        if first_s is not None:
            self._first_calls.append(first_s)
        self._active.discard(event)
        self._let_in()

    def _tell_places(self, after: int) -> None:
        """Send estimations to the waiting, from place `after` on; the ETA is Gradio's own reckoning."""
        call_s = sum(self._first_calls) / len(self._first_calls) if self._first_calls else None
        until_free_s = self._until_free_s()
        ahead_s = 0.0
        for rank, event in enumerate(self._waiting):
            eta_s = None if call_s is None else call_s + ahead_s + until_free_s
            if rank >= after:
                event.send("estimation", rank=rank, queue_size=len(self._waiting), rank_eta=eta_s)
            ahead_s += until_free_s / (self._script.concurrency_limit or inf)

    def _until_free_s(self) -> float:
        if not self._active or len(self._active) != self._script.concurrency_limit:
            return 0.0
        first_s = min(event.started_s for event in self._active) + (self._script.time_limit_s or 0.0)
        return max(0.0, first_s - asyncio.get_running_loop().time())
