"""The keep-alive connections of one viewer: geventhttpclient's pool, with the bookkeeping per request made cheap."""

import time
from select import POLLIN
from socket import IPPROTO_TCP, SO_SNDBUF, SOL_SOCKET, TCP_NODELAY
from typing import Any

from gevent.monkey import get_original
from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool

CONNECT_TIMEOUT_S = 10.0
FRESH_S = 1.0
"""A connection used this recently is taken to be alive: uvicorn keeps an idle one for five seconds."""

SEND_BUFFER_BYTES = 1 << 20
"""Room for a whole frame: the kernel takes it in one call, where its default has a viewer wait and copy the rest."""

_poll = get_original("select", "poll")


def open_pool(host: str, port: int, size: int, *, tls: bool, verify: bool) -> "Pool":
    """Make a pool of at most `size` connections; none is opened before it is needed."""
    options: dict[str, Any] = {"size": size, "network_timeout": None, "connection_timeout": CONNECT_TIMEOUT_S}
    if tls:
        return _TlsPool(host, port, host, port, insecure=not verify, **options)
    return Pool(host, port, host, port, **options)


class Pool(ConnectionPool):
    """A pool that keeps idle connections in a plain list, the latest used on top."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._idle: list[tuple[Any, float]] = []

    def after_connect(self, sock: Any) -> None:
        """Set up a connection as browsers do: nothing that is written waits for more."""
        sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        sock.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES)

    def take(self) -> tuple[Any, bool]:
        """Take an idle connection, or open one, and tell whether it was used before; waits while all are in use."""
        self._semaphore.acquire()
        while self._idle:
            sock, used_s = self._idle.pop()
            if time.monotonic() - used_s < FRESH_S or _is_alive(sock):
                return sock, True
            sock.close()
        return self._open(), False

    def replace(self, sock: Any) -> Any:
        """Open a new connection in the place of one that broke; raises OSError, and the place is free again."""
        sock.close()
        return self._open()

    def _open(self) -> Any:
        try:
            return self._create_socket()
        except BaseException:
            self._semaphore.release()
            raise

    def return_socket(self, sock: Any) -> None:
        """Give back a connection that can be used again."""
        if self._closed:
            sock.close()
            return
        self._idle.append((sock, time.monotonic()))
        self._semaphore.release()

    def close(self) -> None:
        """Hang up the idle connections; those in use are closed as they come back."""
        super().close()
        for sock, _ in self._idle:
            sock.close()
        self._idle.clear()


class _TlsPool(Pool, SSLConnectionPool):
    """TLS connections, verified unless told otherwise."""


def _is_alive(sock: Any) -> bool:
    """Ask the kernel: bytes, or an end, on an idle connection mean that it cannot be used again."""
    if sock.fileno() < 0:
        return False
    idle = _poll()
    idle.register(sock.fileno(), POLLIN)
    return not idle.poll(0)
