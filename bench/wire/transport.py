"""Transports: how bytes travel to the app. Two implementations, one contract, the same tests.

`GeventTransport` (geventhttpclient) is the fast default; `HttpxTransport` (gradio_client's own HTTP library) is the
reference. A transport belongs to one viewer and holds at most six connections, as a browser does for one origin.

A connection that served a request before, and breaks before the first byte of an answer, is no failure: the server
gave it up while it was idle. As a browser does, whatever the method (`ShouldResendRequest` of Chromium's
`HttpNetworkTransaction`), a transport then sends the request once more, on a new connection.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import isnan, nan
from socket import SHUT_RDWR
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from gevent.ssl import SSLSocket

from bench.wire.answer import Answer, AnswerError, SilenceError
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
    """An answer: HTTP status, body, and CLOCK_MONOTONIC seconds when the request was written and the answer here.

    Of a request that was sent once more, `sent_s` is when that was written.
    """

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
        self._waiting: dict[Any, float] = {}  # in use: since when nothing was heard; NaN once hung up here
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
            sock, _, answer = self._ask("GET", path, "Accept: text/event-stream\r\n", ())
            try:
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
                self._waiting[sock] = nan
                with suppress(OSError):  # the app was quicker
                    sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """See Transport."""
        self._pool.close()

    def _whole(self, method: str, path: str, fields: str, body: Sequence[bytes]) -> Reply:
        with _translated():
            sock, sent_s, answer = self._ask(method, path, fields, body)
            try:
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

    def _ask(self, method: str, path: str, fields: str, body: Sequence[bytes]) -> tuple[Any, float, Answer]:
        """Send a request and read its answer's head; returns the connection and when the request was written."""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{fields}\r\n".encode("latin-1")
        sock, used = self._pool.take()
        try:
            return self._exchange(sock, [head, *body])
        except (OSError, SilenceError):
            hung_up = isnan(self._waiting.pop(sock))
            if not used or hung_up:
                self._pool.release_socket(sock)
                raise
        except BaseException:
            self._release(sock)
            raise
        sock = self._pool.replace(sock)
        try:
            return self._exchange(sock, [head, *body])
        except BaseException:
            self._release(sock)
            raise

    def _exchange(self, sock: Any, pieces: list[bytes]) -> tuple[Any, float, Answer]:
        self._waiting[sock] = time.monotonic()
        _write(sock, pieces)
        sent_s = time.monotonic()
        return sock, sent_s, Answer(sock)

    def _release(self, sock: Any) -> None:
        del self._waiting[sock]
        self._pool.release_socket(sock)


class HttpxTransport:
    """httpx, the library gradio_client itself speaks through: slower, and the yardstick for the fast one."""

    def __init__(self, origin: str, headers: dict[str, str], *, verify: bool = True) -> None:
        context = httpx.create_ssl_context(verify=verify)

        def client(kept: int) -> httpx.Client:
            limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=kept)
            timeout = httpx.Timeout(TIMEOUT_S)
            return httpx.Client(base_url=origin, headers=headers, verify=context, limits=limits, timeout=timeout)

        self._client, self._always_new = client(CONNECTIONS), client(0)

    def post(self, path: str, body: Sequence[bytes], content_type: str = "application/json") -> Reply:
        """See Transport."""
        return self._whole("POST", path, b"".join(body), {"Content-Type": content_type})

    def get(self, path: str) -> Reply:
        """See Transport."""
        return self._whole("GET", path, None, {})

    def stream(self, path: str) -> Iterator[bytes]:
        """See Transport."""
        with _translated():
            response, _ = self._ask("GET", path, None, {})
            try:
                _refuse_error(response.status_code, path)
                yield from response.iter_raw()
            finally:
                response.close()

    def hang_up_silent(self, since_s: float) -> None:
        """See Transport; httpx keeps a timeout of its own for every wait."""

    def close(self) -> None:
        """See Transport."""
        self._always_new.close()
        self._client.close()

    def _whole(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        with _translated():
            answer, trace = self._ask(method, path, body, headers)
            try:
                content = _bounded(answer.iter_bytes())
            finally:
                answer.close()
            return Reply(answer.status_code, content, trace.sent_s, time.monotonic())

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[httpx.Response, "_Trace"]:
        trace = _Trace()
        request = self._client.build_request(method, path, content=body, headers=headers, extensions={"trace": trace})
        try:
            return self._client.send(request, stream=True), trace
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            if trace.connected:
                raise
        return self._always_new.send(request, stream=True), trace


class _Trace:
    """What httpx tells of a request under way: when it was written, and whether a connection was opened for it."""

    sent_s = nan
    connected = False

    def __call__(self, name: str, _info: Any) -> None:
        if name == "http11.send_request_body.complete":
            self.sent_s = time.monotonic()
        elif name == "connection.connect_tcp.started":
            self.connected = True


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
