"""The tap: what passes is unchanged, and told as requests with their answers."""

import http.client
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from bench.fidelity.tap import Tap
from bench.fidelity.traffic import traffic
from bench.media.mark import MarkLayout

LARGE = 700_000


class _Echo(BaseHTTPRequestHandler):
    """Gives back what was posted; answers a stream that has ended with 404, and events with one that begins."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._answer(404 if self.path.endswith("/stream/00") else 200, body)

    def do_GET(self) -> None:
        self._answer(200, b'data: {"msg": "process_starts", "event_id": "ab"}\n\n')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@pytest.fixture
def tap() -> Iterator[Tap]:
    """A tap before a server that echoes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Tap(f"http://127.0.0.1:{server.server_port}") as opened:
        yield opened
    server.shutdown()
    server.server_close()


def ask(line: http.client.HTTPConnection, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Ask once over a connection that stays open."""
    line.request("GET" if body is None else "POST", path, body, {"X-Gradio-User": "app"})
    answer = line.getresponse()
    return answer.status, answer.read()


def test_requests_pass_unchanged_and_are_told_one_by_one(tap: Tap) -> None:
    """Large and small ones over two connections: bodies, statuses, sizes and times in order."""
    lines = [http.client.HTTPConnection(urlsplit(tap.url).netloc) for _ in range(2)]
    body = bytes(range(256)) * (LARGE // 256)
    begun_s = time.monotonic()
    assert ask(lines[0], "/queue/join?", body) == (200, body)
    assert ask(lines[0], "/stream/00", b"{}") == (404, b"{}")
    assert ask(lines[1], "/file=x") == (200, b'data: {"msg": "process_starts", "event_id": "ab"}\n\n')
    for line in lines:
        line.close()
    first, second, third = tap.exchanges
    assert [one.status for one in tap.exchanges] == [200, 404, 200]
    assert [one.connection for one in tap.exchanges] == [0, 0, 1]
    assert bytes(first.body) == body
    assert (second.method, second.path, third.method) == ("POST", "/stream/00", "GET")
    assert first.headers["x-gradio-user"] == "app"
    assert begun_s <= first.begun_s <= first.ended_s <= second.begun_s <= second.ended_s <= third.begun_s


def test_a_post_to_a_stream_that_was_never_told_open_is_early(tap: Tap) -> None:
    """Of two streams only one was told to have begun; what is sent to it before that, or to the other, is early."""
    line = http.client.HTTPConnection(urlsplit(tap.url).netloc)
    ask(line, "/stream/ab", b"{}")
    ask(line, "/queue/data?session_hash=x")
    ask(line, "/stream/ab", b"{}")
    ask(line, "/stream/00", b"{}")
    line.close()
    found = traffic(tap.exchanges, MarkLayout.for_size(640, 480))
    assert (found.posts, found.refused, found.early, found.connections) == (3, 1, 2, 1)
    assert found.headers["stream"]["x-gradio-user"] == "app"
