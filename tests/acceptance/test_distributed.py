"""A run of several processes is one run: one ledger, one summary, viewers with numbers of their own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from bench.ledger import Fate, Ledger
from bench.load.target import Target
from bench.metrics.window import Window
from bench.run import RunSettings, run
from tests.acceptance.conftest import ROOT, RUN_LIMIT_S, command

SCENARIO = str(ROOT / "scenarios" / "anything.py")
SIZE = ("--resolution", "320x240", "--stream-every", "0.2", "--endpoint", "filters")


def results(out: Path) -> dict[str, Any]:
    """The results that a run wrote."""
    read: dict[str, Any] = json.loads((out / "results.json").read_text())
    return read


def only_endpoint(out: Path) -> dict[str, Any]:
    """The one endpoint that was driven."""
    (one,) = (one for one in results(out)["endpoints"] if one["frames"]["captured"])
    assert isinstance(one, dict)
    return one


def check_books(out: Path, viewers: int) -> Ledger:
    """The summary counts every row of every process once, and every viewer has a number, from 0 on."""
    ledger, frames = Ledger.read(out / "ledger"), only_endpoint(out)["frames"]
    measured = Window.measured(ledger).holds(ledger.frames["tick_s"])
    by_fate = np.bincount(ledger.frames["fate"][measured], minlength=len(Fate))
    assert {fate: frames[fate.name.lower()] for fate in Fate} == {fate: by_fate[fate] for fate in Fate}
    assert frames["captured"] == by_fate.sum() > 0
    assert measured.mean() > 0.9
    assert sorted(ledger.viewers["viewer"]) == list(range(viewers))
    assert set(ledger.frames["viewer"]) == set(range(viewers))
    identities = ledger.frames[["viewer", "frame"]]
    assert np.unique(identities).size == identities.size, "a row was counted twice"
    return ledger


class Processes:
    """A master and its workers, each a process of its own in a folder of its own."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = str(probe.getsockname()[1])

    def start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a Locust in its own folder below; what it says goes to `log` in there."""
        folder = self._folder / name
        folder.mkdir()
        role = [f"--{name}", "--master-bind-port"] if name == "master" else ["--worker", "--master-port"]
        program = str(Path(sys.executable).with_name("locust"))
        log = self._stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(
            [program, "-f", SCENARIO, *role, self._port, "--out", "out", *arguments],
            cwd=folder,
            env={**os.environ, "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        self._stack.callback(end, process)
        return process

    def log(self, name: str) -> str:
        """All that a process has said."""
        return (self._folder / name / "log").read_text()


def end(process: "subprocess.Popen[bytes]") -> None:
    """Leave nothing running."""
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Processes that end with the test."""
    with ExitStack() as stack:
        yield Processes(stack, tmp_path)


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    """Wait until `condition()` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_forked_processes_make_the_same_run_as_one(reference_app: Target, tmp_path: Path) -> None:
    """With `--processes 2` the same viewers come as with one, fates add up exactly, and progress shows the sum."""

    def drive(name: str, processes: int) -> tuple[dict[str, Any], list[int]]:
        seen: list[int] = []

        def watch(line: dict[str, Any]) -> None:
            seen.extend(sum(one["fates"].values()) for one in line.get("endpoints", []))

        settings = RunSettings(
            target=reference_app.url,
            url=True,
            viewers=4,
            duration_s=6,
            warmup_s=0,
            endpoints=("filters",),
            stream_every="0.2",
            resolution="320x240",
            processes=processes,
            out=tmp_path / name,
        )
        summary = run(settings, watch)
        assert summary.generator.processes == processes
        assert summary.run.measured_s == pytest.approx(settings.duration_s, rel=0.1)  # as long as asked for
        check_books(tmp_path / name, 4)
        return only_endpoint(tmp_path / name), seen

    (alone, _), (together, seen) = drive("alone", 1), drive("together", 2)
    assert together["viewers"] == alone["viewers"] == 4
    assert together["frames"]["captured"] == pytest.approx(alone["frames"]["captured"], rel=0.15)
    assert together["fps"]["delivered"] == pytest.approx(alone["fps"]["delivered"], rel=0.15)
    assert together["integrity"] == alone["integrity"]
    assert max(seen) > together["frames"]["captured"] / 2, "progress did not show what the workers did"
    name = re.escape(socket.gethostname())
    assert not re.search(rf"\b{name}[/_]", (tmp_path / "together" / "locust.log").read_text()), "it tells whose machine"


def test_workers_elsewhere_send_their_rows(reference_app: Target, processes: Processes, tmp_path: Path) -> None:
    """The master's ledger is whole though its workers write elsewhere, and equal to what they wrote."""
    workers = [processes.start("worker-a"), processes.start("worker-b")]
    master = processes.start(
        "master",
        *("--headless", "--expect-workers", "2", "-u", "4", "-r", "4", "-t", "6s", "--host", reference_app.url, *SIZE),
    )
    assert master.wait(RUN_LIMIT_S) == 0, processes.log("master")
    assert [worker.wait(RUN_LIMIT_S) for worker in workers] == [0, 0]
    check_books(tmp_path / "master" / "out", 4)
    found = results(tmp_path / "master" / "out")
    assert found["generator"]["processes"] == 2
    assert found["errors"] == []
    copies = {path.name: path.read_bytes() for path in (tmp_path / "master" / "out" / "ledger").glob("worker-*")}
    own = {path.name: path.read_bytes() for path in tmp_path.glob("worker-*/out/workers/*/ledger/*.ledger")}
    assert copies == own
    assert set(own) == {"worker-001.ledger", "worker-002.ledger"}
    assert "Traceback" not in "".join(processes.log(name) for name in ("master", "worker-a", "worker-b"))


def test_a_killed_worker_is_named_and_its_frames_are_kept(
    reference_app: Target, processes: Processes, tmp_path: Path
) -> None:
    """After kill -9 of a worker the run ends normally, with its frames so far and a sentence that says who was lost."""
    lost, kept = processes.start("worker-a"), processes.start("worker-b")
    master = processes.start(
        "master",
        *("--headless", "--expect-workers", "2", "-u", "4", "-r", "4", "-t", "9s", "--host", reference_app.url, *SIZE),
    )
    ledger = tmp_path / "master" / "out" / "ledger"

    def both_have_frames() -> bool:
        paths = list(ledger.glob("worker-*"))
        return len(paths) == 2 and set(Ledger.read(ledger).frames["viewer"]) == set(range(4))

    wait_for(both_have_frames)
    kept_so_far = Ledger.read(ledger).frames.size
    lost.kill()
    assert master.wait(RUN_LIMIT_S) == 0, processes.log("master")
    assert kept.wait(RUN_LIMIT_S) == 0
    found = results(tmp_path / "master" / "out")
    (error,) = found["errors"]
    named = re.search(r"worker-00[12] was lost", error["what"])
    assert named is not None
    assert named[0] in processes.log("master")
    assert found["generator"]["healthy"] is False
    assert found["generator"]["machines"] == 1
    (lonely,) = (one for one in found["endpoints"] if one["frames"]["captured"])
    assert set(lonely["concurrency"].values()) == {None}  # what was open on the lost worker, nobody wrote down
    whole = Ledger.read(ledger)
    assert whole.frames.size > kept_so_far
    assert set(whole.frames["viewer"]) == set(range(4))


def test_interrupted_processes_close_their_books(reference_app: Target, tmp_path: Path) -> None:
    """Ctrl-C during `gradio-bench run --processes 2` ends with whole results, exit code 130 and nobody left behind."""
    program = str(Path(sys.executable).with_name("gradio-bench"))
    arguments = [program, "run", reference_app.url, "--processes", "2", "--duration", "60s", "--warmup", "0s"]
    process = subprocess.Popen(
        [*arguments, "--viewers", "4", "--out", "out", *SIZE],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    ledger = tmp_path / "out" / "ledger"
    try:
        wait_for(lambda: len(list(ledger.glob("worker-*"))) == 2 and Ledger.read(ledger).frames.size > 40)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=RUN_LIMIT_S)
    finally:
        end(process)
    assert process.returncode == 130, said
    check_books(tmp_path / "out", 4)
    assert not [reason for reason in results(tmp_path / "out")["generator"]["reasons"] if "books" in reason]
    psutil.wait_procs(family, timeout=10)
    assert not [one for one in family if one.is_running()]


def test_workers_end_with_a_master_that_never_was(tmp_path: Path) -> None:
    """Where the master cannot take its port, the workers it has forked go with it."""
    program = str(Path(sys.executable).with_name("locust"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = subprocess.Popen(
            [
                *(program, "-f", SCENARIO, "--headless", "--processes", "2", "--out", "out"),
                *("--master-bind-port", port, "--master-port", port),
            ],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: len(psutil.Process(process.pid).children()) == 2)
            family = psutil.Process(process.pid).children()
            assert process.wait(RUN_LIMIT_S) != 0
        finally:
            end(process)
        _, left = psutil.wait_procs(family, timeout=15)
    assert left == []


def test_as_many_processes_as_cores(reference_app: Target, tmp_path: Path) -> None:
    """`--processes -1` takes one for each core, and 0 is refused with a sentence."""
    done = command(
        "gradio-bench",
        *("run", reference_app.url, "--processes=-1", "--viewers", str(os.cpu_count() or 1), "--out", "out"),
        *("--duration", "3s", "--warmup", "0s", *SIZE),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert results(tmp_path / "out")["generator"]["processes"] == os.cpu_count()
    refused = command("gradio-bench", "run", "--processes", "0", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--processes" in refused.stderr
