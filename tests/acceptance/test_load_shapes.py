"""Runs whose viewers come and go by `--shape`, headless, in several processes, and from the web page."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from bench.ledger import Ledger
from bench.load.target import Target
from tests.acceptance.conftest import ROOT, RUN_LIMIT_S, command

SCENARIO = str(ROOT / "scenarios" / "anything.py")
DRIVE = ("--endpoint", "filters", "--stream-every", "0.2", "--resolution", "320x240")


def at_once(out: Path) -> list[int]:
    """How many viewers recorded at the same time, from change to change."""
    viewers = Ledger.read(out / "ledger").viewers
    instants = np.concatenate([viewers["started_s"], viewers["stopped_s"]])
    changes = np.repeat([1, -1], viewers.size)
    found: list[int] = np.cumsum(changes[np.argsort(instants)]).tolist()
    return found


def test_a_run_follows_its_shape(reference_app: Target, tmp_path: Path) -> None:
    """`gradio-bench run --shape` in two processes: as many viewers as asked for, then fewer, and it ends by itself."""
    done = command(
        "gradio-bench",
        *("run", reference_app.url, "--shape", "steps:1,4,2/3s", "--warmup", "1s", "--out", "out", *DRIVE),
        *("--processes", "2"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["run"]["viewers"] == 4
    assert results["run"]["duration_s"] == pytest.approx(8)
    assert results["run"]["measured_s"] == pytest.approx(8, rel=0.3)
    counts = at_once(tmp_path / "out")
    assert max(counts) == 4
    assert counts[-3:] == [2, 1, 0]
    assert sum(count == 2 for count in counts) >= 2, "two on the way up, and two again after the four"


def test_locusts_own_options_are_refused_beside_a_shape(tmp_path: Path) -> None:
    """Locust would ignore -u, -r and -t without an error: exit code 2 and what to leave out."""
    done = command("locust", "-f", SCENARIO, "--headless", "--shape", "soak:2/5s", "-t", "9s", cwd=tmp_path)
    assert done.returncode == 2
    assert "-t" in done.stderr
    done = command("gradio-bench", "run", "--shape", "soak:2/5s", "--viewers", "3", cwd=tmp_path)
    assert done.returncode == 2
    assert "--viewers" in done.stderr
    done = command("gradio-bench", "run", "--shape", "hill:2/5s", cwd=tmp_path)
    assert done.returncode == 2
    assert "ramp:" in done.stderr


def test_the_web_page_starts_the_shape(reference_app: Target, tmp_path: Path) -> None:
    """A click on start follows the shape to its end; a second click follows it again, in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).with_name("locust"))
    process = subprocess.Popen(
        [
            *(program, "-f", SCENARIO, "--web-port", str(port), "--out", "out", "--host", reference_app.url),
            *("--shape", "steps:2,1/2s", *DRIVE),
        ],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for folder in (tmp_path / "out", tmp_path / "out-2"):
            _start(url, process)
            _wait_for(folder / "results.json")
            assert max(at_once(folder)) == 2
        process.send_signal(signal.SIGTERM)
        process.wait(RUN_LIMIT_S)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _start(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Click on start, as soon as the page answers and has no run under way."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "locust ended"
        try:
            state = httpx.get(url + "/stats/requests").json()["state"]
            if state in {"ready", "stopped"}:
                httpx.post(url + "/swarm", data={}).raise_for_status()
                return
        except httpx.ConnectError:
            pass
        time.sleep(0.1)
    raise AssertionError("the page never was ready")


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path}"
        time.sleep(0.1)
