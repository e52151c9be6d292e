"""A tap: relays one side's connections to the app unchanged, and notes what passes and when.

It stands between the app and the browser, and between the app and the synthetic viewer: one instrument for both, which
knows nothing of either. HTTP/1.1 without pipelining, which is what both speak: an answer lasts until the next request
on its connection.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from math import nan
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

_READ_BYTES = 1 << 18
_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Exchange:
    """A request and its answer, in CLOCK_MONOTONIC seconds; `body` is the request's, `said` the answer's pieces."""

    connection: int
    method: str
    path: str
    headers: dict[str, str]
    begun_s: float
    body: bytearray = field(default_factory=bytearray)
    said: list[tuple[float, bytes]] = field(default_factory=list)
    status: int = 0
    ended_s: float = nan


class Tap:
    """Relays to the app at `url` for as long as the `with` block lasts; `exchanges` holds what passed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._server]
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.exchanges: list[Exchange] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for each in list(self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(1.0)

    def _spawn(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, name="tap", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        for number in count():
            try:
                client, _ = self._server.accept()
                app = socket.create_connection(self._target)
            except OSError:
                return  # the tap, or the app, is taken down
            for each in (client, app):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += (client, app)
            line = _Line(number, self.exchanges)
            self._spawn(_relay, client, app, line.ask)
            self._spawn(_relay, app, client, line.answer)


class _Line:
    """One connection: cuts what is asked into requests, and gives each what is answered until the next."""

    def __init__(self, number: int, exchanges: list[Exchange]) -> None:
        self._number, self._exchanges = number, exchanges
        self._head = bytearray()
        self._begun_s = nan
        self._missing = 0
        self._current: Exchange | None = None

    def ask(self, data: bytes, pass_on: Callable[[], None]) -> None:
        """Take a piece of a request: noted first, for its answer may come before it is passed on."""
        if self._missing:
            assert self._current is not None
            self._current.body += data
            self._missing -= len(data)
        else:
            self._begun_s = time.monotonic() if not self._head else self._begun_s
            self._head += data
            if _HEAD_END in self._head:
                self._begin()
        pass_on()

    def answer(self, data: bytes, pass_on: Callable[[], None]) -> None:
        """Take a piece of an answer: it belongs to the request at hand now, whatever is asked once it is passed on."""
        current = self._current
        pass_on()
        if current is not None:
            current.ended_s = time.monotonic()
            current.status = current.status or int(data[9:12])
            current.said.append((current.ended_s, data))

    def _begin(self) -> None:
        head, _, body = bytes(self._head).partition(_HEAD_END)
        self._head.clear()
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._current = Exchange(self._number, method, path, headers, self._begun_s, bytearray(body))
        self._missing = int(headers.get("content-length", 0)) - len(body)
        self._exchanges.append(self._current)


def _relay(source: socket.socket, sink: socket.socket, note: Callable[[bytes, Callable[[], None]], None]) -> None:
    """Pass on what comes until either side closes."""
    with suppress(OSError):
        while data := source.recv(_READ_BYTES):
            note(data, partial(sink.sendall, data))
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
