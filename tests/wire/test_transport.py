"""Both transports against one real HTTP server: the same contract, kept by each."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.wire import transport
from bench.wire.transport import ConnectionBrokeError, GeventTransport, HttpxTransport, Transport


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections: set[int] = set()
        self.go_on = threading.Event()
        self.hung_up = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hung up: some tests are about just that."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.connections.add(self.client_address[1])
        getattr(self, "get_" + self.path.partition("?")[0].strip("/"))()

    def do_POST(self) -> None:
        self.server.connections.add(self.client_address[1])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        content = f"{self.headers['Content-Type']} {self.headers['X-Gradio-User']} ".encode() + body
        self._answer(200 if self.path == "/echo" else 503, content)

    def get_file(self) -> None:
        self._answer(200, b"\x00\xff" * 100_000)

    def get_missing(self) -> None:
        self._answer(404, b"nothing")

    def get_events(self) -> None:
        """One piece at once, the next when the test says so, then the end."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk(b"data: first\n\n")
        self.server.go_on.wait(10)
        self._chunk(b"data: second\n\n")
        self._chunk(b"")

    def get_endless(self) -> None:
        """Talks until the client hangs up."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while not self.server.go_on.wait(0.01):
                self._chunk(b"data: again\n\n")
        except OSError:
            self.server.hung_up.set()
            self.close_connection = True

    def get_torn(self) -> None:
        """Promises more than it sends, then hangs up."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    """A real HTTP server on a free port of loopback."""
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.go_on.set()
        running.shutdown()
        thread.join()


@pytest.fixture(params=[GeventTransport, HttpxTransport])
def client(request: pytest.FixtureRequest, server: _Server) -> Iterator[Transport]:
    """Each transport in turn, connected to the server."""
    made: Transport = request.param(f"http://127.0.0.1:{server.server_port}", {"X-Gradio-User": "app"})
    yield made
    made.close()


def test_a_post_carries_body_headers_and_times(client: Transport) -> None:
    """The body arrives whole with the viewer's headers, and the reply tells when it was written and answered."""
    before_s = time.monotonic()
    reply = client.post("/echo", (b"x" * 299_990, b"", b"x" * 10))
    assert reply.status == 200
    assert reply.body == b"application/json app " + b"x" * 300_000
    assert before_s < reply.sent_s <= reply.done_s <= time.monotonic()


def test_an_error_status_is_an_answer(client: Transport) -> None:
    """A 503 or a 404 is data, not an exception."""
    assert client.post("/full", (b"{}",)).status == 503
    assert client.get("/missing").status == 404


def test_a_file_arrives_whole(client: Transport) -> None:
    """Binary bodies larger than any buffer arrive unchanged."""
    assert client.get("/file").body == b"\x00\xff" * 100_000


def test_connections_are_kept(client: Transport, server: _Server) -> None:
    """Requests one after another travel on one connection, as a browser's do."""
    for _ in range(5):
        client.post("/echo", (b"{}",))
        client.get("/file")
    assert len(server.connections) == 1


def test_events_arrive_as_they_are_sent(client: Transport, server: _Server) -> None:
    """A stream's first bytes are here before the server says more, and its end is the end of the iteration."""
    pieces = client.stream("/events")
    assert next(pieces) == b"data: first\n\n"
    server.go_on.set()
    assert b"".join(pieces) == b"data: second\n\n"


def test_closing_a_stream_hangs_up(client: Transport, server: _Server) -> None:
    """A viewer that leaves takes its event connection with it: that is how the server learns of it."""
    pieces = client.stream("/endless")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # both transports' streams are generators
    assert server.hung_up.wait(10)


def test_a_refused_stream_says_its_status(client: Transport) -> None:
    """An event stream answered with an error raises, with the status in words."""
    with pytest.raises(ConnectionBrokeError, match="404"):
        next(client.stream("/missing"))


def test_a_torn_answer_is_a_broken_connection(client: Transport) -> None:
    """An answer that ends too soon raises the one error the load side knows."""
    with pytest.raises(ConnectionBrokeError):
        client.get("/torn")


def test_no_server_is_a_broken_connection(client: Transport, server: _Server) -> None:
    """Nobody listening raises the same error."""
    nobody = type(client)("http://127.0.0.1:9", {})  # type: ignore[call-arg]  # both take origin and headers
    with pytest.raises(ConnectionBrokeError):
        nobody.get("/")


def test_answers_are_bounded(client: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body beyond the bound is refused instead of filling memory."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 1000)
    with pytest.raises(ConnectionBrokeError, match="larger"):
        client.get("/file")
