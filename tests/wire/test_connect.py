"""Reaching an app, on servers that are no Gradio app, and addresses that are none."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from gradio_client.exceptions import AuthenticationError
from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled

from bench.errors import BenchError, TargetError, UsageError
from bench.wire import connect
from bench.wire.app import discover, is_loopback

Answers = dict[str, tuple[int, dict[str, str], str]]


@contextmanager
def server(answers: Answers, seen: list[dict[str, str]] | None = None) -> Iterator[str]:
    """Serve fixed answers by path, "" standing for every other path; `seen` collects request headers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if seen is not None:
                seen.append(dict(self.headers))
            status, headers, body = answers.get(self.path, answers[""])
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  http.server's own signature
            """Keep the test's output clean."""

    running_server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running_server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{running_server.server_address[1]}"
    finally:
        running_server.shutdown()
        running_server.server_close()
        thread.join()


HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}


def camera_config() -> str:
    """A /config with one camera endpoint."""
    camera = {"id": 1, "type": "image", "props": {"streaming": True, "sources": ["webcam"]}}
    event = {"id": 0, "targets": [[1, "stream"]], "inputs": [1], "outputs": [], "connection": "stream", "api_name": "a"}
    return json.dumps({"version": "6.0", "protocol": "sse_v3", "components": [camera], "dependencies": [event]})


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"": (200, HTML, "<h1>Hello</h1>")}, "not a Gradio app: .*/config answers 200 .text/html"),
        ({"": (404, JSON, "{}")}, "not a Gradio app: .*/config answers 404"),
        ({"": (500, HTML, "oh")}, "not a Gradio app: .*/config answers 500"),
        ({"": (200, JSON, '{"a": 1}')}, "not a Gradio app"),
        ({"": (200, JSON, "[1, 2]")}, "not a Gradio app"),
        ({"": (200, JSON, "null")}, "not a Gradio app"),
        ({"": (301, {"Location": "https://elsewhere.test/config"}, "")}, "sends visitors on to https://elsewhere"),
        ({"": (429, HTML, "slow down")}, "429"),
        ({"": (401, JSON, "{}")}, "wants a login"),
    ],
)
def test_a_server_that_is_no_gradio_app_is_told_from_one(answers: Answers, says: str) -> None:
    """Whatever answers at the URL, the error says what came instead of a config."""
    with server(answers) as url, pytest.raises(TargetError, match=says) as caught:
        discover(url)
    assert caught.value.remedy


def test_an_app_under_a_path_is_reached_there() -> None:
    """A reverse proxy may put the app under a path: the root keeps it, without a slash at the end."""
    with server({"/shop/config": (200, JSON, camera_config()), "": (404, HTML, "")}) as url:
        assert discover(f"{url}/shop/").root == f"{url}/shop"


@pytest.mark.parametrize("protocol", ["ws", "sse_v3"])
def test_an_app_too_old_to_stream_names_its_version(protocol: str) -> None:
    """Before Gradio 5 streams were plain events: the version is named, and what to upgrade to."""
    event = {"id": 0, "targets": [[1, "stream"]], "inputs": [], "outputs": [], "api_name": "predict"}
    config = {"version": "4.44.1", "protocol": protocol, "components": [], "dependencies": [event]}
    with server({"": (200, JSON, json.dumps(config))}) as url, pytest.raises(TargetError, match=r"4\.44\.1") as caught:
        discover(url)
    assert "Gradio 5" in caught.value.remedy


def test_no_server_at_all_is_told() -> None:
    """A refused connection names the address, and the way to have the app started."""
    with server({"": (200, HTML, "")}) as url:
        pass  # the port is free again
    with pytest.raises(TargetError, match=f"No server answers at {url}") as caught:
        discover(url)
    assert "file" in caught.value.remedy


def test_a_server_that_never_answers_is_given_up() -> None:
    """A silent server ends in an error that says how long was waited."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:
        url = f"http://127.0.0.1:{silent.server_address[1]}"
        with pytest.raises(TargetError, match=r"did not answer within 0\.2 s"):
            discover(url, timeout_s=0.2)


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://[::1", "https:///path"])
def test_an_address_that_is_none_is_wrong_usage(url: str) -> None:
    """A malformed address is refused before anything is sent."""
    with pytest.raises(UsageError, match="is not an http address"):
        discover(url)


def test_a_hugging_face_token_goes_to_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token in the environment opens Spaces; an app at any other address never sees it."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret_of_the_tester")
    seen: list[dict[str, str]] = []
    with server({"": (200, HTML, "")}, seen) as url, pytest.raises(BenchError):
        discover(url)
    assert seen
    assert "hf_secret_of_the_tester" not in json.dumps(seen)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("The current space is in the invalid state: PAUSED."), "not running"),
        (ConnectionError("no route"), "Cannot reach the Space"),
        (RuntimeError("of some HTTP library"), "Cannot reach the Space"),
        (HFValidationError("bad"), "cannot be the name"),
        (OfflineModeIsEnabled("offline"), "HF_HUB_OFFLINE"),
        (AuthenticationError("no"), "wants a login"),
    ],
)
def test_a_space_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception, says: str) -> None:
    """Whatever the Hub's client raises becomes an error that names the Space and the next step."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(connect, "AppClient", refuse)
    with pytest.raises(TargetError, match=says) as caught:
        discover("owner/name")
    assert "owner/name" in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:7860", True),
        ("http://127.8.9.10", True),
        ("http://localhost:7860/app", True),
        ("http://demo.localhost", True),
        ("http://[::1]:7860", True),
        ("http://0.0.0.0:7860", True),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("https://owner-name.hf.space", False),
        ("http://192.168.0.7:7860", False),
        ("owner/name", False),
        ("localhost/name", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, expected: bool) -> None:
    """Nothing beyond this machine counts as loopback, however alike its name."""
    assert is_loopback(url) is expected


def test_a_server_that_starts_is_waited_for() -> None:
    """503 is tried again while patience lasts, and whoever waits is told why; then the app is found."""
    answers: Answers = {"": (503, HTML, "starting")}
    heard: list[str] = []

    def waiting(words: str) -> None:
        heard.append(words)
        answers[""] = (200, JSON, camera_config())

    with server(answers) as url:
        assert [one.api_name for one in discover(url, patience_s=30, waiting=waiting).endpoints] == ["a"]
    assert len(heard) == 1
    assert "503" in heard[0]
    assert "of 30 s" in heard[0]


def test_patience_also_ends_with_a_server_that_stays_silent() -> None:
    """A server that takes the request and never answers is waited for as long as was asked, not longer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TargetError, match=r"did not answer within 0\.5 s") as caught:
            discover(url, timeout_s=60.0, patience_s=0.3)
    assert "--start-timeout" in caught.value.remedy


def test_patience_ends() -> None:
    """A server that stays down is given up, with how long it was waited for and the option that waits longer."""
    with server({"": (503, HTML, "no")}) as url, pytest.raises(TargetError, match="It was waited for") as caught:
        discover(url, patience_s=0.01)
    assert "--start-timeout" in caught.value.remedy


class Hub:
    """Stands for the Hugging Face Hub: one Space, at `url`, in the first of `stages`, then in the next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, url: str, *stages: str) -> None:
        self.host, self.private, self._stages = url, False, list(stages)
        monkeypatch.setattr("huggingface_hub.space_info", lambda *_, **__: self)
        monkeypatch.setattr("huggingface_hub.get_space_runtime", lambda *_, **__: self)

    @property
    def stage(self) -> str:
        """The Space's stage; it moves on each time it is asked for."""
        return self._stages.pop(0) if len(self._stages) > 1 else self._stages[0]


def test_a_sleeping_space_is_woken_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Space that sleeps is visited, which wakes it, and found once it runs."""
    heard: list[str] = []
    seen: list[dict[str, str]] = []
    with server({"": (200, JSON, camera_config())}, seen) as url:
        Hub(monkeypatch, url, "SLEEPING", "RUNNING")
        app = discover("owner/name", patience_s=30, waiting=heard.append)
    assert app.endpoints
    assert ["SLEEPING" in words for words in heard] == [True]
    assert len(seen) >= 2, "the sleeping Space was not visited"


def test_a_paused_space_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only its owner can end is an error at once."""
    with server({"": (200, JSON, camera_config())}) as url:
        Hub(monkeypatch, url, "PAUSED")
        with pytest.raises(TargetError, match="PAUSED"):
            discover("owner/name", patience_s=30)


def test_a_space_token_is_among_the_headers_of_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_TOKEN opens a Space: the app that is found carries it for the viewers' requests."""
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_tester")
    seen: list[dict[str, str]] = []
    with server({"": (200, JSON, camera_config())}, seen) as url:
        Hub(monkeypatch, url, "RUNNING")
        app = discover("owner/name")
    assert "Bearer hf_of_the_tester" in app.headers.values()
    assert all("Bearer hf_of_the_tester" in headers.values() for headers in seen)


def test_own_headers_ride_on_every_request_of_discovery() -> None:
    """What stands before an app sees the header each time, also when the app answers with an error."""
    seen: list[dict[str, str]] = []
    with server({"": (200, JSON, camera_config())}, seen) as url:
        assert discover(url, headers={"X-Key": "k"}).headers["X-Key"] == "k"
    with server({"": (404, HTML, "")}, seen) as url, pytest.raises(TargetError):
        discover(url, headers={"X-Key": "k"})
    assert len(seen) >= 3
    assert {headers.get("X-Key") for headers in seen} == {"k"}
