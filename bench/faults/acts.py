"""What is done in the middle of a run, to the server or to the harness's own processes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.errors import LedgerError
from bench.faults.processes import PROGRAM, load_of
from bench.faults.proxy import Proxy
from bench.ledger import Fate, Ledger, pack, unpack
from bench.load.target import Overrides, Target

AWAY_S = 1.5
FRAMES = 12
WAIT_S = 40.0


@dataclass(slots=True)
class Stage:
    """Everything an act can lay hands on."""

    out: Path
    stack: ExitStack
    url: Callable[[str], str]
    fresh: Callable[..., Target]
    proxy: Proxy | None = None
    process: "subprocess.Popen[str] | None" = None
    server: Target | None = None
    spare: Target | None = None
    more: list[str] = field(default_factory=list)  # what was seen besides

    def wait_for_frames(self, count: int = FRAMES) -> None:
        """Wait until the run's ledger holds this many frames that were delivered, or the run has ended."""
        deadline_s = time.monotonic() + WAIT_S
        while time.monotonic() < deadline_s and self.process is not None and self.process.poll() is None:
            try:
                if (Ledger.read(self.out / "ledger").frames["fate"] == Fate.DELIVERED).sum() >= count:
                    return
            except (LedgerError, OSError):
                pass
            time.sleep(0.1)


def _own_server(stage: Stage) -> str:
    stage.server = stage.stack.enter_context(stage.fresh("reference"))
    return stage.server.url


def _own_server_and_spare(stage: Stage) -> str:
    stage.spare = stage.stack.enter_context(stage.fresh("reference"))
    return _own_server(stage)


def _kill_server(stage: Stage) -> None:
    stage.wait_for_frames()
    assert stage.server is not None
    os.killpg(stage.server.pid, signal.SIGKILL)


def _restart_server(stage: Stage) -> None:
    _kill_server(stage)
    time.sleep(AWAY_S)
    assert stage.proxy is not None
    assert stage.spare is not None
    stage.proxy.relay_to(stage.spare.url)


def _change_config(stage: Stage) -> str:
    """Run once against the app as it was, and put one with other settings in its place."""
    with stage.fresh("reference") as before:
        port = int(before.url.rpartition(":")[2])
        first = stage.out.with_name("first")
        arguments = ("run", before.url, "--endpoint", "simple", "--viewers", "1", "--warmup", "0s", "--duration", "1s")
        command(*arguments, "--out", str(first))
    changed = {"simple": Overrides(time_limit_s=2.0, concurrency_limit=8)}
    return stage.stack.enter_context(stage.fresh("reference", endpoints=changed, port=port)).url


# The harness's own processes ----------------------------------------------------------------------------------


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run gradio-bench to its end."""
    return subprocess.run(  # noqa: S603 - our own command
        [PROGRAM, *arguments], capture_output=True, text=True, timeout=WAIT_S, check=False, stdin=subprocess.DEVNULL
    )


def _load_processes(stage: Stage) -> list[psutil.Process]:
    """The process that makes the load, and its workers after it."""
    assert stage.process is not None
    load = load_of(psutil.Process(stage.process.pid))
    assert load is not None
    return [load, *load.children()]


def _kill_load(stage: Stage) -> None:
    stage.wait_for_frames()
    _load_processes(stage)[0].kill()


def _kill_worker(stage: Stage) -> None:
    stage.wait_for_frames()
    _load_processes(stage)[1].kill()


def _interrupt(stage: Stage) -> None:
    stage.wait_for_frames()
    assert stage.process is not None
    stage.process.send_signal(signal.SIGINT)


def _interrupt_twice(stage: Stage) -> None:
    _interrupt(stage)
    assert stage.process is not None
    stage.process.send_signal(signal.SIGTERM)  # two of a kind could come as one
    _report_afterwards(stage)


def _kill_command(stage: Stage) -> None:
    stage.wait_for_frames()
    assert stage.process is not None
    family = psutil.Process(stage.process.pid).children(recursive=True)
    stage.process.kill()
    _, left = psutil.wait_procs(family, timeout=WAIT_S)
    stage.more.extend(f"still running: {one}" for one in left)
    _report_afterwards(stage)


def _report_afterwards(stage: Stage) -> None:
    assert stage.process is not None
    stage.process.wait(WAIT_S)
    done = command("report", str(stage.out))
    stage.more.append(f"gradio-bench report: {done.returncode} {done.stderr}")


def _second_run(stage: Stage) -> None:
    stage.wait_for_frames()
    assert stage.proxy is not None
    done = command("run", stage.proxy.url, "--out", str(stage.out), "--duration", "1s")
    stage.more.append(f"the second run: {done.returncode} {done.stderr}")


def _tear(stage: Stage) -> None:
    """Once the run is over, take one byte after the other off its last block, and report what is left."""
    assert stage.process is not None
    stage.process.wait(WAIT_S)
    (path,) = (stage.out / "ledger").glob("*.ledger")
    whole = path.read_bytes()
    blocks = list(unpack(whole))
    last = len(pack(*blocks[-1]))
    rows = Ledger.read(stage.out / "ledger")
    for cut in range(1, last):
        path.write_bytes(whole[:-cut])
        left = Ledger.read(stage.out / "ledger")
        if not left.torn or len(left.frames) != len(rows.frames):
            stage.more.append(f"cut by {cut} bytes it is not told, or lost more than its last block")
    _report_afterwards(stage)
    stage.more.append(f"cut at each of {last - 1} bytes")


ACTS: dict[str, tuple[Callable[[Stage], str] | None, Callable[[Stage], None] | None]] = {
    "": (None, None),
    "kill the server": (_own_server, _kill_server),
    "restart the server": (_own_server_and_spare, _restart_server),
    "change the config": (_change_config, None),
    "kill the load": (None, _kill_load),
    "kill a worker": (None, _kill_worker),
    "kill the command": (None, _kill_command),
    "interrupt": (None, _interrupt),
    "interrupt twice": (None, _interrupt_twice),
    "report afterwards": (None, _report_afterwards),
    "a second run": (None, _second_run),
    "tear the ledger": (None, _tear),
}
"""What each act needs before the run begins (it returns the app's address), and what it does in its midst."""
