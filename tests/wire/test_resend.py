"""A kept connection that breaks before it says anything: both transports send once more, as a browser does."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bench.wire.transport import ConnectionBrokeError, GeventTransport, HttpxTransport, Transport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Ask = Callable[[Transport], bytes]


class Fickle:
    """A server that answers the first `good` requests of a connection, and breaks at the next in a way of its own."""

    def __init__(self, *, reset: bool = True, parting: bytes = b"") -> None:
        self.reset, self.parting = reset, parting
        self.good = [1, 1]  # of each connection in turn; of later ones, none
        self.seen: list[int] = []  # the connection of each request
        self.broke_s = 0.0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Stop: its clients have hung up."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        number = 0
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._talk(connection, number)
            number += 1

    def _talk(self, connection: socket.socket, number: int) -> None:
        """One client at a time, one request at a time: these tests' clients do no more."""
        good = self.good[number] if number < len(self.good) else 0
        while _read_request(connection):
            self.seen.append(number)
            if good == 0:
                connection.sendall(self.parting)
                if self.reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.broke_s = time.monotonic()
                return
            good -= 1
            connection.sendall(ANSWER)


def _read_request(connection: socket.socket) -> bool:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return False
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return True


def _post(client: Transport) -> bytes:
    return client.post("/echo", (b"x" * 100_000,)).body


def _get(client: Transport) -> bytes:
    return client.get("/file").body


def _stream(client: Transport) -> bytes:
    return b"".join(client.stream("/events"))


@pytest.fixture(params=[GeventTransport, HttpxTransport])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[[Fickle], Transport]]:
    """Connect each transport in turn to a server; both end with the test."""
    made: list[Transport | Fickle] = []

    def to(server: Fickle) -> Transport:
        client: Transport = request.param(server.url, {})
        made.extend([client, server])
        return client

    yield to
    for one in made:
        one.close()


@pytest.mark.parametrize("ask", [_post, _get, _stream])
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_kept_connection_that_breaks_is_no_failure(
    connect: Callable[[Fickle], Transport], ask: Ask, reset: bool
) -> None:
    """The request goes out once more on a new connection, and its answer is the answer."""
    server = Fickle(reset=reset)
    client = connect(server)
    assert client.get("/first").body == b"ok"
    assert ask(client) == b"ok"
    assert server.seen == [0, 0, 1]


def test_a_frame_is_sent_when_it_was_sent_again(connect: Callable[[Fickle], Transport]) -> None:
    """What was written into the broken connection reached nobody: `sent_s` is the second writing."""
    server = Fickle()
    client = connect(server)
    client.get("/first")
    reply = client.post("/echo", (b"{}",))
    assert server.broke_s <= reply.sent_s <= reply.done_s


@pytest.mark.parametrize("ask", [_post, _stream])
def test_a_request_is_sent_once_more_and_no_oftener(connect: Callable[[Fickle], Transport], ask: Ask) -> None:
    """A new connection that breaks as well is a failure."""
    server = Fickle()
    server.good = [1]
    client = connect(server)
    client.get("/first")
    with pytest.raises(ConnectionBrokeError):
        ask(client)
    assert server.seen == [0, 0, 1]


@pytest.mark.parametrize("ask", [_post, _stream])
def test_a_new_connection_that_breaks_is_a_failure(connect: Callable[[Fickle], Transport], ask: Ask) -> None:
    """Nothing says that the request was not the reason: it is not sent again."""
    server = Fickle()
    server.good = []
    with pytest.raises(ConnectionBrokeError):
        ask(connect(server))
    assert server.seen == [0]


@pytest.mark.parametrize("ask", [_post, _stream])
def test_an_answer_that_began_is_not_asked_for_again(connect: Callable[[Fickle], Transport], ask: Ask) -> None:
    """The server took the request: what breaks after the head of its answer is a failure."""
    server = Fickle(reset=False, parting=b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    client = connect(server)
    client.get("/first")
    with pytest.raises(ConnectionBrokeError):
        ask(client)
    assert server.seen == [0, 0]


def test_a_viewer_that_hangs_up_sends_nothing_more() -> None:
    """A connection broken from this side is not replaced, used before or not."""
    asked, told = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                _read_request(connection)
                connection.sendall(ANSWER)
                _read_request(connection)
                asked.set()
                told.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        client = GeventTransport(f"http://127.0.0.1:{listening.getsockname()[1]}", {})
        client.get("/first")

        def hang_up() -> None:
            asked.wait(10)
            client.hang_up_silent(time.monotonic() + 1)

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        with pytest.raises(ConnectionBrokeError):
            client.get("/second")
        told.set()
        hanging_up.join()
        thread.join()
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
