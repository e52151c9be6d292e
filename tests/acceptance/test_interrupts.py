"""Ctrl-C, kill -9 and a dying app: what was measured is kept, what was started ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from bench.ledger import Ledger
from tests.acceptance.conftest import command

Start = Callable[..., "subprocess.Popen[str]"]


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until `condition()` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def frames(folder: Path) -> int:
    """How many frames the ledger in `folder` holds so far."""
    try:
        return len(Ledger.read(folder / "ledger").frames)
    except Exception:
        return 0


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `gradio-bench run` in a folder of its own; whatever it started is gone when the test ends."""
    started: list[subprocess.Popen[str]] = []

    def starter(*arguments: str) -> "subprocess.Popen[str]":
        program = str(Path(sys.executable).with_name("gradio-bench"))
        process = subprocess.Popen(
            [program, "run", "--endpoint", "simple", "--warmup", "0s", "--out", "out", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield starter
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Every process the run has started."""
    found: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    return found


def test_ctrl_c_loses_nothing(start: Start, tmp_path: Path) -> None:
    """One Ctrl-C ends the run early: the books close, the summary is printed, the exit code is 130."""
    process = start("--duration", "10m", "--viewers", "2")
    wait_for(lambda: frames(tmp_path / "out") > 20)
    children = family(process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "books closed" in stdout
    (endpoint,) = json.loads((tmp_path / "out" / "results.json").read_text())["endpoints"]
    assert endpoint["frames"]["captured"] >= 20
    assert psutil.wait_procs(children, timeout=20)[1] == []


@pytest.mark.parametrize("name", ["run", "discover"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_an_app_is_deployed(name: str, number: signal.Signals, tmp_path: Path) -> None:
    """As from a terminal, to the whole group: one sentence, 130, nothing left running and no folder left behind."""
    (tmp_path / "slow.py").write_text("import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)\n")
    program = str(Path(sys.executable).with_name("gradio-bench"))
    process = subprocess.Popen(
        [program, name, "slow.py"], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_for((tmp_path / "begun").exists)
    children = family(process)
    os.killpg(process.pid, number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert stderr.splitlines()[-1].startswith("gradio-bench: Interrupted")
    assert "Traceback" not in stderr
    assert {file.name for file in tmp_path.iterdir()} == {"slow.py", "begun"}
    assert psutil.wait_procs(children, timeout=20)[1] == []


def test_a_second_ctrl_c_ends_at_once(start: Start, tmp_path: Path) -> None:
    """Nobody waits for reports then, but they can still be made, as the command says."""
    process = start("--duration", "10m", "--viewers", "1")
    wait_for(lambda: frames(tmp_path / "out") > 5)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)  # two of a kind could come as one
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "gradio-bench report out" in stderr
    assert not (tmp_path / "out" / "results.json").exists()
    assert command("gradio-bench", "report", "out", cwd=tmp_path).returncode == 0


def test_a_killed_command_leaves_nothing_running_and_can_be_reported(start: Start, tmp_path: Path) -> None:
    """After kill -9 the load and the app end by themselves, and `report` tells what was measured."""
    process = start("--duration", "10m", "--viewers", "2")
    wait_for(lambda: frames(tmp_path / "out") > 20)
    children = family(process)
    os.kill(process.pid, signal.SIGKILL)
    assert psutil.wait_procs(children, timeout=30)[1] == []
    done = command("gradio-bench", "report", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "simple" in done.stdout


def test_a_killed_load_process_is_reported_from_its_ledger(start: Start, tmp_path: Path) -> None:
    """Kill -9 of the process that makes the load costs its last second: the rest is reported, with an exit code."""
    process = start("--duration", "10m", "--viewers", "2")
    wait_for(lambda: frames(tmp_path / "out") > 20)
    (load,) = [one for one in psutil.Process(process.pid).children() if "locust" in " ".join(one.cmdline())]
    known = frames(tmp_path / "out")
    load.kill()
    stdout, _ = process.communicate(timeout=60)
    assert "simple" in stdout
    assert frames(tmp_path / "out") >= known


def test_an_app_that_dies_ends_the_run(start: Start, tmp_path: Path) -> None:
    """When the deployed app dies the run ends early, says so, keeps what was measured, and exits with 4."""
    process = start("--duration", "10m", "--viewers", "2")
    wait_for(lambda: frames(tmp_path / "out") > 20)
    (app,) = [one for one in family(process) if "bench.load.deployed" in " ".join(one.cmdline())]
    app.kill()
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 4, stderr
    assert "died" in stderr
    assert "simple" in stdout
