"""One connection of a browser: HTTP/1.1 in, answers out, with as little work as will do (RFC 9112)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

_REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable"}


class Written(NamedTuple):
    """Between which instants the kernel took something: a reader can have it from the first on."""

    began_s: float
    done_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `received_s` is when its last byte was here, on the loop's clock, which is CLOCK_MONOTONIC."""

    method: str
    path: str
    query: str
    head: bytes
    body: bytes
    received_s: float


class Connection(asyncio.Protocol):
    """Takes requests one after another and hands each to `route`; `lost` is told when a watched one breaks off."""

    def __init__(self, route: Callable[["Connection", Request], None]) -> None:
        self._route = route
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._head = b""
        self._wanted = 0
        self._have = 0
        self._transport: asyncio.Transport
        self.on_lost: Callable[[], None] | None = None
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.open = True

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio.Protocol."""
        self.open = False
        if self.on_lost is not None:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        now_s = self._loop.time()
        self._parts.append(data)
        self._have += len(data)
        while self._ready():
            self._dispatch(now_s)

    def answer(self, status: int, body: bytes, content_type: str = "application/json") -> Written:
        """Send a whole answer; returns when it was written."""
        head = (
            f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\n"
            f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return self._write(head.encode() + body)

    def answer_json(self, status: int, content: Any) -> Written:
        """Send a whole answer of JSON; returns when it was written."""
        return self.answer(status, orjson.dumps(content))

    def begin_events(self) -> None:
        """Begin an answer of server-sent events, in chunks."""
        self._transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
        )

    def event(self, text: bytes) -> Written:
        """Send one server-sent event; returns when it was written."""
        return self._write(b"%x\r\ndata: %b\n\n\r\n" % (len(text) + 8, text))

    def end_events(self) -> None:
        """End an answer of server-sent events: the connection can then take the next request."""
        self.on_lost = None
        self._transport.write(b"0\r\n\r\n")

    def _write(self, data: bytes) -> Written:
        began_s = self._loop.time()
        self._transport.write(data)
        return Written(began_s, self._loop.time())

    def _ready(self) -> bool:
        """Whether a whole request has arrived."""
        if not self._head and self._parts:
            data = b"".join(self._parts) if len(self._parts) > 1 else self._parts[0]
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._parts = [data]
                return False
            self._head, rest = data[: end + 2], data[end + 4 :]
            self._parts, self._have = [rest], len(rest)
            self._wanted = _content_length(self._head)
        return bool(self._head) and self._have >= self._wanted

    def _dispatch(self, now_s: float) -> None:
        data = b"".join(self._parts) if len(self._parts) > 1 else self._parts[0]
        body, rest = (data, b"") if len(data) == self._wanted else (data[: self._wanted], data[self._wanted :])
        head, self._head = self._head, b""
        self._parts, self._have = [rest] if rest else [], len(rest)
        method, target, _ = head[: head.find(b"\r\n")].decode("latin-1").split(" ", 2)
        path, _, query = target.partition("?")
        self._route(self, Request(method, path, query, head, body, now_s))


def _content_length(head: bytes) -> int:
    fields = head.lower()
    start = fields.find(b"\r\ncontent-length:")
    return int(fields[start + 17 : fields.find(b"\r\n", start + 17)]) if start >= 0 else 0
