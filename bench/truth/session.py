"""A viewer's session as Gradio keeps it: messages wait in order until its event connection is there to carry them."""

from collections import deque
from collections.abc import Callable
from typing import Any

import orjson

from bench.truth.connection import Connection, Written

Then = Callable[[Written], None]


class Session:
    """The messages of one session_hash, and the connections that carry them. `pending` are its events not yet over."""

    def __init__(self) -> None:
        self.pending: set[str] = set()
        self._outbox: deque[tuple[dict[str, Any], Then | None]] = deque()
        self._listener: Connection | None = None

    def listen(self, connection: Connection, left: Callable[[], None]) -> None:
        """Carry messages over `connection` from now on; `left` is called when it breaks off."""
        self._listener = connection
        connection.begin_events()
        connection.on_lost = left
        self._pump()

    def hang_up(self) -> None:
        """Forget the event connection: it is gone."""
        self._listener = None

    def send(self, message: dict[str, Any], then: Then | None = None) -> None:
        """Queue a message; `then` is told when it was written."""
        self._outbox.append((message, then))
        self._pump()

    def heartbeat(self) -> None:
        """Say that the server is there, if anyone listens."""
        if self._listener is not None:
            self._listener.event(b'{"msg":"heartbeat","event_id":null}')

    def _pump(self) -> None:
        while self._outbox and self._listener is not None:
            message, then = self._outbox.popleft()
            written = self._listener.event(orjson.dumps(message))
            if then is not None:
                then(written)
            if message["msg"] == "process_completed":
                self._complete(message["event_id"])

    def _complete(self, event_id: str) -> None:
        """After its last event, the session's connection is told to close: one connection per stream."""
        self.pending.discard(event_id)
        if self.pending or self._listener is None:
            return
        self._listener.event(b'{"msg":"close_stream","event_id":null}')
        self._listener.end_events()
        self._listener = None
