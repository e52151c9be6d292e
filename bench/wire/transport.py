"""Transports: how bytes travel to the app. Two implementations, one contract, the same tests.

`GeventTransport` (geventhttpclient) is the fast default; `HttpxTransport` (gradio_client's own HTTP library) is the
reference. A transport belongs to one viewer and holds at most six connections, as a browser does for one origin.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from socket import SHUT_RDWR
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from gevent.ssl import SSLSocket

from bench.wire.answer import Answer, AnswerError
from bench.wire.pool import open_pool

CONNECTIONS = 6
"""Connections a browser opens to one HTTP/1.1 origin (Chromium's limit)."""

TIMEOUT_S = 60.0
"""Silence after which a connection counts as broken. Gradio says something at least every 15 s (its heartbeat)."""

MAX_BODY_BYTES = 64 * 2**20


class ConnectionBrokeError(Exception):
    """The connection failed before the answer was whole; the text says how, in words for the errors list."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status, body, and CLOCK_MONOTONIC seconds when the request was written and the answer here."""

    status: int
    body: bytes
    sent_s: float
    done_s: float


class Transport(Protocol):
    """What a viewer needs of HTTP. Paths are absolute, of the app's own origin."""

    def post(self, path: str, body: Sequence[bytes], content_type: str = "application/json") -> Reply:
        """Send a body, given in pieces so that none is copied on the way; raises ConnectionBrokeError."""

    def get(self, path: str) -> Reply:
        """Fetch `path` whole; raises ConnectionBrokeError."""

    def stream(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of an answer as they arrive; raises ConnectionBrokeError. Closing the iterator hangs up."""

    def hang_up_silent(self, since_s: float) -> None:
        """Break connections that have waited for the app in silence since before `since_s` (CLOCK_MONOTONIC)."""

    def close(self) -> None:
        """Hang up all connections."""


class GeventTransport:
    """geventhttpclient's connection pool, heads built once, and a reader that looks for no more than it needs."""

    def __init__(self, origin: str, headers: dict[str, str], *, verify: bool = True) -> None:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        self._pool = open_pool(host, port, CONNECTIONS, tls=parts.scheme == "https", verify=verify)
        self._waiting: dict[Any, float] = {}  # connections in use: since when nothing was heard
        lines = {"Host": parts.netloc, **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    def post(self, path: str, body: Sequence[bytes], content_type: str = "application/json") -> Reply:
        """See Transport."""
        fields = f"Content-Type: {content_type}\r\nContent-Length: {sum(map(len, body))}\r\n"
        return self._whole("POST", path, fields, body)

    def get(self, path: str) -> Reply:
        """See Transport."""
        return self._whole("GET", path, "", ())

    def stream(self, path: str) -> Iterator[bytes]:
        """See Transport."""
        with _translated():
            sock, _ = self._send("GET", path, "Accept: text/event-stream\r\n", ())
            try:
                answer = Answer(sock)
                _refuse_error(answer.status, path)
                for piece in answer.pieces():
                    self._waiting[sock] = time.monotonic()
                    yield piece
            finally:
                self._release(sock)

    def hang_up_silent(self, since_s: float) -> None:
        """See Transport."""
        for sock, heard_s in list(self._waiting.items()):
            if heard_s < since_s:
                sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """See Transport."""
        self._pool.close()

    def _whole(self, method: str, path: str, fields: str, body: Sequence[bytes]) -> Reply:
        with _translated():
            sock, sent_s = self._send(method, path, fields, body)
            try:
                answer = Answer(sock)
                content = _bounded(answer.pieces())
                done_s = time.monotonic()
            except BaseException:
                self._release(sock)
                raise
            if answer.keep:
                del self._waiting[sock]
                self._pool.return_socket(sock)
            else:
                self._release(sock)
            return Reply(answer.status, content, sent_s, done_s)

    def _send(self, method: str, path: str, fields: str, body: Sequence[bytes]) -> tuple[Any, float]:
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{fields}\r\n".encode("latin-1")
        sock = self._pool.get_socket()
        self._waiting[sock] = time.monotonic()
        try:
            _write(sock, [head, *body])
        except BaseException:
            self._release(sock)
            raise
        return sock, time.monotonic()

    def _release(self, sock: Any) -> None:
        del self._waiting[sock]
        self._pool.release_socket(sock)


class HttpxTransport:
    """httpx, the library gradio_client itself speaks through: slower, and the yardstick for the fast one."""

    def __init__(self, origin: str, headers: dict[str, str], *, verify: bool = True) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._client = httpx.Client(
            base_url=origin, headers=headers, verify=verify, limits=limits, timeout=httpx.Timeout(TIMEOUT_S)
        )

    def post(self, path: str, body: Sequence[bytes], content_type: str = "application/json") -> Reply:
        """See Transport."""
        return self._whole("POST", path, b"".join(body), {"Content-Type": content_type})

    def get(self, path: str) -> Reply:
        """See Transport."""
        return self._whole("GET", path, None, {})

    def stream(self, path: str) -> Iterator[bytes]:
        """See Transport."""
        with _translated(), self._client.stream("GET", path) as response:
            _refuse_error(response.status_code, path)
            yield from response.iter_raw()

    def hang_up_silent(self, since_s: float) -> None:
        """See Transport; httpx keeps a timeout of its own for every wait."""

    def close(self) -> None:
        """See Transport."""
        self._client.close()

    def _whole(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        sent_s = 0.0

        def trace(name: str, _info: Any) -> None:
            nonlocal sent_s
            if name == "http11.send_request_body.complete":
                sent_s = time.monotonic()

        request = self._client.build_request(method, path, content=body, headers=headers, extensions={"trace": trace})
        with _translated():
            answer = self._client.send(request, stream=True)
            try:
                content = _bounded(answer.iter_bytes())
            finally:
                answer.close()
            return Reply(answer.status_code, content, sent_s, time.monotonic())


class _translated:  # noqa: N801 - reads as a verb where it is used
    """Turns every library's own connection errors into ConnectionBrokeError, here and nowhere else."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _tb: object) -> None:
        if isinstance(error, (OSError, AnswerError, httpx.HTTPError, RuntimeError)):
            words = str(error) or type(error).__name__
            raise ConnectionBrokeError(words) from error


def _write(sock: Any, pieces: list[bytes]) -> None:
    """Write all pieces: gathered by the kernel in one call, or the rest of them copied where it took only a part."""
    if len(pieces) == 1 or isinstance(sock, SSLSocket):
        sock.sendall(b"".join(pieces))
        return
    written = sock.sendmsg(pieces)
    if written < sum(map(len, pieces)):
        sock.sendall(memoryview(b"".join(pieces))[written:])


def _refuse_error(status: int, path: str) -> None:
    if status >= 400:
        raise ConnectionBrokeError(f"HTTP {status} for {path.partition('?')[0]}")


def _bounded(pieces: Iterator[bytes]) -> bytes:
    """Join a body; raises ConnectionBrokeError once it grows beyond MAX_BODY_BYTES."""
    parts = []
    size = 0
    for part in pieces:
        parts.append(part)
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise ConnectionBrokeError(f"an answer larger than {MAX_BODY_BYTES >> 20} MB")
    return parts[0] if len(parts) == 1 else b"".join(parts)
