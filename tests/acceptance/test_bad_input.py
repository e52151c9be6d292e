"""Bad input gets a sentence, a remedy and the right exit code; never a traceback of ours."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, command
from tests.ports import free_port

APPS = ROOT / "tests" / "apps"


@pytest.fixture(scope="module")
def not_gradio() -> Iterator[str]:
    """A web server that serves something else."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def check(done: object, code: int, *words: str) -> None:
    """The exit code is `code`, the words were said, and no traceback of ours was shown."""
    text = getattr(done, "stderr", "") + getattr(done, "stdout", "")
    assert getattr(done, "returncode", None) == code, text
    for word in words:
        assert word.lower() in text.lower(), text
    assert 'File "' + str(ROOT / "bench") not in text


@pytest.mark.parametrize("name", ["run", "discover"])
def test_no_server(name: str, tmp_path: Path) -> None:
    """Nobody at the URL: exit code 4."""
    check(command("gradio-bench", name, f"http://127.0.0.1:{free_port()}", cwd=tmp_path), 4, "no server")


def test_not_gradio(not_gradio: str, tmp_path: Path) -> None:
    """A server that is not Gradio: exit code 4."""
    check(command("gradio-bench", "run", not_gradio, cwd=tmp_path), 4, "gradio")


def test_no_streams(tmp_path: Path) -> None:
    """An app without streaming endpoints is told what is looked for: exit code 4."""
    check(command("gradio-bench", "run", str(APPS / "without_streams.py"), cwd=tmp_path), 4, "streaming", ".stream(")


def test_a_broken_app_shows_its_own_error(tmp_path: Path) -> None:
    """The app's own exception is shown with file and line: exit code 4."""
    check(command("gradio-bench", "run", str(APPS / "broken.py"), cwd=tmp_path), 4, "broken.py", "line")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--resolution", "huge"], ["640x480"]),
        (["--resolution", "100x80"], ["100"]),
        (["--duration", "soon"], ["30s"]),
        (["--stream-every", "-1"], ["--stream-every", "30s"]),
        (["--time-limit", "0"], ["above zero"]),
        (["--concurrency-limit", "many"], ["none"]),
        (["--viewers", "0"], ["--viewers"]),
        (["--viewers", "5000000"], ["5000000 viewers", "the 100000 that one run", "1048576"]),
        (["--viewers", "8193", "--resolution", "320x240"], ["the 8192 that pictures of 320x240", "--resolution"]),
        (["--seed", "-1"], ["--seed", "0 to"]),
        (["--seed", "9" * 30], ["--seed", "0 to"]),
        (["--stream-every", "0.0000001"], ["--stream-every", "millisecond"]),
        (["--time-limit", "9e9h"], ["--time-limit", "30s"]),
        (["--duration", "99999999h"], ["--duration", "year"]),
        (["--concurrency-limit", "²"], ["--concurrency-limit", "none"]),
        (["--processes", "100000"], ["--processes", "-1"]),
        (["--prometheus", "70000"], ["--prometheus", "9464"]),
        (["--jitter", "2"], ["--jitter", "0.1"]),
        (["http://ada:secret@127.0.0.1:7860"], ["--auth-env"]),
        (["--nonsense"], ["--nonsense"]),
        (["nonsuch.py"], ["nonsuch.py"]),
        (["127.0.0.1:7860"], ["http://127.0.0.1:7860"]),
    ],
)
def test_wrong_usage(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    """A value that cannot be is refused before anything starts: exit code 2."""
    done = command("gradio-bench", "run", *arguments, cwd=tmp_path)
    check(done, 2, *words)
    assert "Deploying" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "-1"], ["--seed", "0 to"]),
        (["--quality", "0"], ["--quality", "1 to 100"]),
        (["-u", "-1"], ["-u"]),
        (["-t", "5s", "--warmup", "5s"], ["--warmup"]),
    ],
)
def test_wrong_usage_of_locust(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    """The harness's options are refused alike under plain Locust: exit code 2, before anything is deployed."""
    done = command("locust", "-f", str(ROOT / "scenarios"), "--headless", *arguments, cwd=tmp_path)
    check(done, 2, *words)
    assert "Deploying" not in done.stderr


def test_a_port_in_use_is_told_before_an_app_is_deployed(tmp_path: Path) -> None:
    """Locust's page and the endpoint for Prometheus: a sentence that names the option, and exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        scenarios = str(ROOT / "scenarios")
        check(command("locust", "-f", scenarios, "--web-port", port, cwd=tmp_path), 2, port, "--web-port")
        check(command("gradio-bench", "run", "--prometheus", port, cwd=tmp_path), 2, port, "--prometheus")


def test_two_lengths_of_one_run_are_refused(tmp_path: Path) -> None:
    """Locust's -t and the harness's --duration count from different instants: exit code 2."""
    arguments = ["-f", str(ROOT / "scenarios"), "--headless", "-u", "1", "-t", "9s", "--duration", "5s"]
    check(command("locust", *arguments, cwd=tmp_path), 2, "-t and --duration")


def test_an_unknown_endpoint_names_those_there_are(tmp_path: Path) -> None:
    """A misspelt endpoint gets the list of real ones: exit code 2."""
    check(command("gradio-bench", "run", "--endpoint", "filter", cwd=tmp_path), 2, "filter", "simple", "unified")


def test_a_folder_that_holds_a_run_is_refused(tmp_path: Path) -> None:
    """Results are never overwritten: exit code 2."""
    (tmp_path / "results.json").write_text("{}")
    check(command("gradio-bench", "run", "--out", str(tmp_path), cwd=tmp_path), 2, "--out")


def test_an_unwritable_folder_is_refused(tmp_path: Path) -> None:
    """A folder that cannot be made is refused before anything starts: exit code 2."""
    (tmp_path / "file").touch()
    check(command("gradio-bench", "run", "--out", str(tmp_path / "file" / "out"), cwd=tmp_path), 2, "--out")


def test_settings_of_a_running_app_cannot_be_changed(tmp_path: Path) -> None:
    """time_limit is the server's: with a URL the option is refused and the remedy named: exit code 2."""
    url = f"http://127.0.0.1:{free_port()}"
    check(command("gradio-bench", "run", url, "--time-limit", "5", cwd=tmp_path), 2, "app.py")


def test_nobody_elses_app_is_loaded_by_accident(tmp_path: Path) -> None:
    """A target that is not on this machine is named with viewers and duration, and wants a yes: exit code 2."""
    done = command("gradio-bench", "run", "https://example.invalid", "--viewers", "7", cwd=tmp_path)
    check(done, 2, "7 viewers", "35 s", "--yes", "example.invalid")


def test_report_of_nothing(tmp_path: Path) -> None:
    """A folder without a ledger is named: exit code 2."""
    check(command("gradio-bench", "report", str(tmp_path), cwd=tmp_path), 2, "ledger")
