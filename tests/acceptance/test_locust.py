"""`locust -f scenarios/` as its users run it: headless and from the web UI."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from bench.ledger import Fate
from bench.load.target import Target
from tests.acceptance.conftest import ROOT, command

SCENARIOS = str(ROOT / "scenarios")


def children_named(parent: int, name: str) -> list[psutil.Process]:
    """The processes below `parent` whose command line holds `name`."""
    return [one for one in psutil.Process(parent).children(recursive=True) if name in " ".join(one.cmdline())]


def wait_for(condition: object, seconds: float = 60.0) -> None:
    """Wait until `condition()` holds."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_headless_run_accounts_for_every_page(tmp_path: Path) -> None:
    """Nothing else given, it deploys the reference app, drives each page, closes the books and exits 0.

    Also with fewer users than pages: they take turns, so that every page has figures.
    """
    done = command(
        "locust", "-f", SCENARIOS, "--headless", "-u", "4", "-r", "4", "-t", "12s", "--out", "out", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {one["api_name"] for one in results["endpoints"]} == {"simple", "filters", "unified", "objects", "audio"}
    for one in results["endpoints"]:
        frames = dict(one["frames"])
        assert frames["captured"] > 0
        assert frames["captured"] == sum(frames[fate.name.lower()] for fate in Fate)
        assert one["api_name"] in done.stdout
    assert "Traceback" not in done.stderr + done.stdout
    assert "Fewer users than pages" in done.stderr
    assert max(int(users) for users in re.findall(r"\((\d+) total users\)", done.stderr)) == 4
    (places,) = [line for line in done.stdout.splitlines() if line.startswith("Report: ")]
    assert all((tmp_path / place).exists() for place in re.findall(r"out/\S+", places))
    assert re.search(r"FRAME +simple", done.stderr), "Locust's own table lacks the frames"


@pytest.fixture
def web_ui(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[str]", Path]]:
    """A Locust with its web UI on a free port of loopback, the reference app behind it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).with_name("locust"))
    process = subprocess.Popen(
        [program, "-f", SCENARIOS, "--web-port", str(port), "--out", "out"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "locust ended: " + (process.stderr.read() if process.stderr else "")
        try:
            return httpx.get(url).status_code == 200
        except httpx.ConnectError:
            return False

    wait_for(answers)
    yield url, process, tmp_path
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_a_run_from_the_web_ui_reports_the_same(web_ui: tuple[str, "subprocess.Popen[str]", Path]) -> None:
    """Start and stop on the page give the same summary and results; the page's form has the harness's options."""
    url, process, folder = web_ui
    page = httpx.get(url).text
    assert "stream_every" in page
    form = {"user_count": "3", "spawn_rate": "3", "host": "", "stream_every": "0.2"}
    target = re.search(r'"host": ?"(http://127[^"]+)"', page)
    assert target is not None, "the form does not name the embedded app"
    httpx.post(url + "/swarm", data={**form, "host": target[1]}).raise_for_status()

    def frames() -> int:
        rows = httpx.get(url + "/stats/requests").json()["stats"]
        return sum(row["num_requests"] for row in rows if row["method"] == "FRAME")

    wait_for(lambda: frames() > 30)
    httpx.post(url + "/stop", timeout=60).raise_for_status()  # reports are written meanwhile
    wait_for((folder / "out" / "results.json").exists)
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=30)
    assert "books" in stdout.lower()
    assert "Traceback" not in stderr
    results = json.loads((folder / "out" / "results.json").read_text())
    assert {one["settings"]["stream_every_s"] for one in results["endpoints"]} == {0.2}


def test_the_embedded_app_ends_with_a_killed_locust(web_ui: tuple[str, "subprocess.Popen[str]", Path]) -> None:
    """Kill -9 leaves no server behind."""
    _, process, _ = web_ui
    apps = children_named(process.pid, "bench.load.deployed")
    assert apps
    os.kill(process.pid, signal.SIGKILL)
    gone, alive = psutil.wait_procs(apps, timeout=20)
    assert (len(gone), alive) == (len(apps), [])


def test_only_loopback_is_listened_on(web_ui: tuple[str, "subprocess.Popen[str]", Path]) -> None:
    """Neither the web UI nor the embedded app can be reached from outside."""
    _, process, _ = web_ui
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    addresses = {
        connection.laddr.ip
        for one in everyone
        for connection in one.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_a_given_host_gets_the_users_that_fit(reference_app: Target, tmp_path: Path) -> None:
    """With --host that app is driven and nothing is deployed."""
    done = command(
        "locust",
        *("-f", SCENARIOS, "--headless", "-u", "3", "-r", "3", "-t", "4s", "--out", "out"),
        *("--host", reference_app.url, "--endpoint", "filters"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "Left out" in done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [one["api_name"] for one in results["endpoints"]] == ["filters"]
    assert results["app"]["url"] == reference_app.url


def test_a_changed_filter_is_timed_until_it_shows(reference_app: Target, tmp_path: Path) -> None:
    """The optional user, asked for by name, reports how long each change took to show."""
    done = command(
        "locust",
        *("-f", SCENARIOS, "FilterChanger", "--headless", "-u", "1", "-t", "8s", "--out", "out"),
        *("--host", reference_app.url),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"CHANGE +filters: Filter", done.stderr)


def test_help_names_the_harness_options() -> None:
    """`python -m scenarios --help` is Locust's help with the harness's options; each is known to Locust too."""
    done = subprocess.run(
        [sys.executable, "-m", "scenarios", "--help"], check=True, cwd=ROOT, capture_output=True, text=True
    )
    for option in ("--target", "--stream-every", "--time-limit", "--concurrency-limit", "--resolution", "--warmup"):
        assert option in done.stdout
    assert "--headless" in done.stdout
