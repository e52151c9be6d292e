"""Transports: how bytes travel to the app. Two implementations, one contract, the same tests.

`GeventTransport` (geventhttpclient) is the fast default; `HttpxTransport` (gradio_client's own HTTP library) is the
reference. A transport belongs to one viewer and holds at most six connections, as a browser does for one origin.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from select import POLLIN
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from gevent.monkey import get_original
from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool
from geventhttpclient.response import HTTPParseError, HTTPSocketPoolResponse

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

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Reply:
        """Send `body`; raises ConnectionBrokeError."""

    def get(self, path: str) -> Reply:
        """Fetch `path` whole; raises ConnectionBrokeError."""

    def stream(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of an answer as they arrive; raises ConnectionBrokeError. Closing the iterator hangs up."""

    def close(self) -> None:
        """Hang up all connections."""


class GeventTransport:
    """geventhttpclient's pool and parser under request heads built once per connection's life."""

    def __init__(self, origin: str, headers: dict[str, str], *, verify: bool = True) -> None:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        options: dict[str, Any] = {"size": CONNECTIONS, "network_timeout": TIMEOUT_S, "connection_timeout": 10.0}
        self._pool: ConnectionPool
        if parts.scheme == "https":
            self._pool = SSLConnectionPool(host, port, host, port, insecure=not verify, **options)
        else:
            self._pool = _Pool(host, port, host, port, **options)
        lines = {"Host": parts.netloc, **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Reply:
        """See Transport."""
        fields = f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        return self._whole("POST", path, fields, body)

    def get(self, path: str) -> Reply:
        """See Transport."""
        return self._whole("GET", path, "", b"")

    def stream(self, path: str) -> Iterator[bytes]:
        """See Transport."""
        with _translated():
            response, _ = self._send("GET", path, "Accept: text/event-stream\r\n", b"")
            try:
                _refuse_error(response.get_code(), path)
                while data := response.read_available():
                    yield data
            finally:
                response.release()

    def close(self) -> None:
        """See Transport."""
        self._pool.close()

    def _whole(self, method: str, path: str, fields: str, body: bytes) -> Reply:
        with _translated():
            response, sent_s = self._send(method, path, fields, body)
            try:
                content = response.read_whole()
            finally:
                response.release()
            return Reply(response.get_code(), content, sent_s, time.monotonic())

    def _send(self, method: str, path: str, fields: str, body: bytes) -> tuple["_Response", float]:
        head = f"{method} {path} HTTP/1.1\r\n{self._head}{fields}\r\n".encode("latin-1")
        sock = self._pool.get_socket()
        try:
            sock.sendall(head + body)
        except BaseException:
            self._pool.release_socket(sock)
            raise
        sent_s = time.monotonic()
        return _Response(sock, self._pool, method=method, block_size=65536), sent_s


_poll = get_original("select", "poll")


class _Pool(ConnectionPool):
    """geventhttpclient's pool, asking the kernel itself whether an idle connection is alive.

    gevent's cooperative select costs more than the write it guards, and a timeout of zero never waits anyway.
    """

    def _is_socket_alive(self, sock: Any) -> bool:
        if sock.fileno() < 0:
            return False
        idle = _poll()
        idle.register(sock.fileno(), POLLIN)
        return not idle.poll(0)  # bytes, or an end, on an idle connection: it cannot be used again


class _Response(HTTPSocketPoolResponse):
    """A response that can be read as it arrives."""

    def read_available(self) -> bytes:
        """Wait for some bytes of the body and return all that are here; b"" at its end."""
        while not self._body_buffer and not self.message_complete:
            if self._sock is None:
                break
            data = self._sock.recv(self.block_size)
            if not data:
                raise HTTPParseError("connection closed within the body")
            self.feed(data)
        data = bytes(self._body_buffer)
        del self._body_buffer[:]
        return data

    def read_whole(self) -> bytes:
        """Wait for the whole body; raises ConnectionBrokeError when it is too large."""
        return _bounded(iter(self.read_available, b""))


class HttpxTransport:
    """httpx, the library gradio_client itself speaks through: slower, and the yardstick for the fast one."""

    def __init__(self, origin: str, headers: dict[str, str], *, verify: bool = True) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._client = httpx.Client(
            base_url=origin, headers=headers, verify=verify, limits=limits, timeout=httpx.Timeout(TIMEOUT_S)
        )

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Reply:
        """See Transport."""
        return self._whole("POST", path, body, {"Content-Type": content_type})

    def get(self, path: str) -> Reply:
        """See Transport."""
        return self._whole("GET", path, None, {})

    def stream(self, path: str) -> Iterator[bytes]:
        """See Transport."""
        with _translated(), self._client.stream("GET", path) as response:
            _refuse_error(response.status_code, path)
            yield from response.iter_raw()

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
        if isinstance(error, (OSError, HTTPParseError, httpx.HTTPError, RuntimeError)):
            words = str(error) or type(error).__name__
            raise ConnectionBrokeError(words) from error


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
