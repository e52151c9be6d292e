"""One headless run, from settings to a folder of results: Locust in a process of its own, watched over a pipe."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench
from bench.errors import BenchError, InterruptError, TargetError, UsageError
from bench.interrupts import Interrupts
from bench.ledger import UNWRITABLE, refuse_existing
from bench.metrics import Summary
from bench.report import write_reports

Watch = Callable[[dict[str, Any]], None]

DEFAULT_OUT = "gradio-bench-results"
"""Folder that holds a folder for each run whose --out was not given."""

INCONCLUSIVE = 3

PATIENCE_S = 15.0
"""How long a run's process may take to end once it has told all."""

_SCENARIO = Path(bench.__file__).parent.parent / "scenarios" / "anything.py"


def usual_out() -> Path:
    """Name a folder for the results of a run that begins now, where none was named."""
    return Path(DEFAULT_OUT) / time.strftime("%Y%m%d-%H%M%S")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What to run, durations in seconds.

    Options left empty keep the app's own settings. `viewers` None is one for each endpoint at least; or a `shape` says
    how many there are when, and `duration_s` is its length less the warm-up. `processes` -1 is one for each core.
    `auth_env` and `headers` name environment variables, never what is in them. `exports` are formats for other tools.
    """

    target: str = ""
    url: bool = False
    viewers: int | None = None
    duration_s: float = 30.0
    shape: str = ""
    warmup_s: float = 5.0
    endpoints: tuple[str, ...] = ()
    stream_every: str = ""
    time_limit: str = ""
    concurrency_limit: str = ""
    start_timeout: str = ""
    resolution: str = "640x480"
    video: Path | None = None
    audio: Path | None = None
    jitter: str = "0"
    inputs: tuple[str, ...] = ()
    auth_env: str = ""
    headers: tuple[str, ...] = ()
    seed: int = 1
    processes: int = 1
    out: Path = Path(DEFAULT_OUT)
    exports: tuple[str, ...] = ()
    slo: Path | None = None
    prometheus: str = ""
    otlp: str = ""
    command: str = ""
    environment: tuple[tuple[str, str], ...] = ()

    def arguments(self) -> list[str]:
        """Build Locust's command line, after the program's name."""
        where = ["--host", self.target] if self.url else ["--target", self.target]
        given = {
            "--stream-every": self.stream_every,
            "--time-limit": self.time_limit,
            "--concurrency-limit": self.concurrency_limit,
            "--start-timeout": self.start_timeout,
            "--resolution": self.resolution,
            "--video": str(self.video or ""),
            "--audio": str(self.audio or ""),
            "--jitter": self.jitter,
            "--auth-env": self.auth_env,
            "--seed": str(self.seed),
            "--warmup": f"{self.warmup_s}s",
            "--shape": self.shape,
            "--out": str(self.out),
            "--slo": str(self.slo or ""),
            "--prometheus": self.prometheus,
            "--otlp": self.otlp,
        }
        arguments = ["-f", str(_SCENARIO), "--headless", "--only-summary", "--exit-code-on-error", "0", "--yes"]
        arguments += ["-u", str(self.viewers), "-r", str(self.viewers)] if self.viewers else []
        if not self.shape:  # which has a length of its own
            arguments += ["--duration", f"{self.duration_s}s"]
        repeated = {"--endpoint": self.endpoints, "--input": self.inputs, "--header": self.headers}
        arguments += [*where, *(f"{flag}={value}" for flag, values in repeated.items() for value in values)]
        arguments += [f"{flag}={value}" for flag, value in given.items() if value]
        return arguments + (_several(self.processes) if self.processes != 1 else [])


def _several(processes: int) -> list[str]:
    """Ask for several processes on a port of their own: at Locust's usual one, runs would take each other's workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return [f"--processes={processes}", f"--master-bind-port={port}", f"--master-port={port}"]


class EndedEarlyError(Exception):
    """The run ended before its time; `summary` holds what was measured, `exit_code` and the text say why."""

    def __init__(self, why: str, exit_code: int, summary: Summary) -> None:
        super().__init__(why)
        self.exit_code = exit_code
        self.summary = summary


def run(settings: RunSettings, watch: Watch = lambda _line: None) -> Summary:
    """Run to the end and write the results into `settings.out`; `watch` is told of progress twice a second.

    Ctrl-C or SIGTERM ends the run early, a second one at once. Raises UsageError and TargetError as the run's own
    process found them; EndedEarlyError after an interrupt, or when the app or the process that makes the load died;
    InterruptError where an interrupt left nothing to report, or no time for it.
    """
    refuse_existing(settings.out)
    with Interrupts(lambda: watch({"phase": "interrupted"})) as interrupts:
        process, pipe = _start(settings)
        interrupts.watch(process)
        _follow(process, pipe, settings, interrupts, watch)
        in_time = not interrupts.count
        if not in_time:
            _refuse_reports(settings, interrupts)
        summary = _results(settings, process.returncode)
    if interrupts.count:
        why = "Interrupted when all was measured." if in_time else "Interrupted: the figures end there."
        raise EndedEarlyError(why, InterruptError.exit_code, summary)
    if process.returncode == TargetError.exit_code:
        raise EndedEarlyError("The app under test died: the figures end there.", TargetError.exit_code, summary)
    if any(one.where == "app" and one.endpoint is None for one in summary.errors):
        raise EndedEarlyError("The app under test could not be reached any more.", TargetError.exit_code, summary)
    if process.returncode == UNWRITABLE:
        why = "The ledger could not be written any more: is the disk full? The figures end there."
        raise EndedEarlyError(why, INCONCLUSIVE, summary)
    if process.returncode != 0:
        why = f"The process that makes the load died ({process.returncode}): the figures end there."
        raise EndedEarlyError(why, INCONCLUSIVE, summary)
    return summary


def drive(settings: RunSettings, watch: Watch, orders: int) -> int:
    """Run in a thread other than the main one, write no reports, and tell the exit code of the run's process.

    `orders` is the descriptor of a pipe whose lines say when viewers come and go (`bench.load.orders`), and whose end
    ends the run; it is closed here. Raises UsageError and TargetError as the run's own process found them.
    """
    refuse_existing(settings.out)
    with Interrupts(lambda: None) as unheard:
        process, pipe = _start(settings, orders)
        _follow(process, pipe, settings, unheard, watch)
    return process.returncode


def _follow(
    process: "subprocess.Popen[bytes]", pipe: Any, settings: RunSettings, interrupts: Interrupts, watch: Watch
) -> None:
    """Pass the run's progress on until its process has ended; raises what that could not begin for."""
    with pipe:
        try:
            for line in _lines(pipe):
                if not interrupts.count:
                    _raise_error(line)
                    watch(line)
        except BenchError:
            process.wait(PATIENCE_S)
            _remove_empty(settings.out)
            raise
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _refuse_reports(settings: RunSettings, interrupts: Interrupts) -> None:
    """Raise InterruptError where nothing is on record yet, or nobody wants to wait for reports."""
    if not (settings.out / "ledger").exists():
        _remove_empty(settings.out)
        raise InterruptError("Interrupted before the run began: nothing was measured.")
    if interrupts.count > 1:
        raise InterruptError(
            "Interrupted twice: no reports were written.",
            f"gradio-bench report {shlex.quote(str(settings.out))} makes them from what was recorded.",
        )


def _start(settings: RunSettings, orders: int | None = None) -> tuple[subprocess.Popen[bytes], Any]:
    reading, writing = os.pipe()
    environment = {
        **os.environ,
        **dict(settings.environment),
        "GRADIO_BENCH_PROGRESS_FD": str(writing),
        "GRADIO_BENCH_PARENT": str(os.getpid()),
        "GRADIO_BENCH_COMMAND": settings.command or shlex.join(["gradio-bench", *sys.argv[1:]]),
    }
    if orders is not None:
        environment["GRADIO_BENCH_ORDERS_FD"] = str(orders)
    with (settings.out / "locust.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [sys.executable, "-m", "locust", *settings.arguments()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            pass_fds=(writing,) if orders is None else (writing, orders),
            start_new_session=True,  # Ctrl-C reaches this process alone, which then asks the run to end
        )
    os.close(writing)
    if orders is not None:
        os.close(orders)
    return process, os.fdopen(reading, "rb")


def _remove_empty(out: Path) -> None:
    """Leave no folder behind for a run that never began."""
    (out / "locust.log").unlink()
    made_here = [out, out.parent] if out.parent.name == DEFAULT_OUT else [out]
    for folder in made_here:
        if not any(folder.iterdir()):
            folder.rmdir()


def _lines(pipe: Any) -> Iterator[dict[str, Any]]:
    for line in iter(pipe.readline, b""):
        yield json.loads(line)


def _raise_error(line: dict[str, Any]) -> None:
    if line.get("phase") == "error":
        kind = TargetError if line["exit_code"] == TargetError.exit_code else UsageError
        raise kind(line["problem"], line["remedy"])


def _results(settings: RunSettings, exit_code: int) -> Summary:
    ledger = settings.out / "ledger"
    if not ledger.exists():
        tail = (settings.out / "locust.log").read_text(errors="replace").strip().splitlines()[-8:]
        raise TargetError(f"The run ended before it began (exit code {exit_code}).", "\n".join(tail))
    return write_reports(ledger, settings.out, settings.exports)
