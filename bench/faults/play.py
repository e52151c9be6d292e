"""Plays one row: a real run of the command in front of a real app, with the fault between them or done to them."""

import json
import os
import resource
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.faults.acts import ACTS, Stage
from bench.faults.apps.where import app_named
from bench.faults.case import Case
from bench.faults.certificate import self_signed
from bench.faults.processes import PROGRAM
from bench.faults.proxy import Proxy, Traffic
from bench.ledger import Ledger
from bench.load.target import Target

VIEWERS = 3
DURATION_S = 5.0
PATIENCE_S = 60.0
"""A run that has not ended this long after its time is killed, and its row fails."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a row went. `took_s` is the whole command's; `results` is None where there were none."""

    exit_code: int
    took_s: float
    said: str
    results: dict[str, Any] | None
    ledger: Ledger | None
    traffic: Traffic
    log: str = ""


@dataclass(slots=True)
class Apps:
    """The apps that rows share, each deployed when it is first asked for."""

    stack: ExitStack
    running: dict[str, Target] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """Give the address of the app of that name; one that has died is deployed anew."""
        if name not in self.running or not self.running[name].alive():
            self.running[name] = self.stack.enter_context(self.fresh(name))
        return self.running[name].url

    @staticmethod
    def fresh(name: str, **settings: Any) -> Target:
        """Make an app of that name, not started yet."""
        return app_named(name, **settings)


def play(case: Case, apps: Apps, folder: Path) -> Played:
    """Play a row in a folder of its own; raises TargetError when an app of ours does not come up."""
    with ExitStack() as stack:
        stage = Stage(folder / "out", stack, apps.url, apps.fresh)
        begin, act = ACTS[case.act]
        url = begin(stage) if begin is not None else "" if case.deploys else apps.url(case.app)
        certificate = self_signed(folder) if case.tls else None
        proxy = stack.enter_context(Proxy(url or "http://127.0.0.1:9", case.faults, certificate))
        stage.proxy = proxy
        target = str(app_named(case.app).name.text) if case.deploys else proxy.url
        return _drive(case, target, stage, act)


def _drive(case: Case, target: str, stage: Stage, act: Callable[[Stage], None] | None) -> Played:
    out = stage.out
    begun_s = time.monotonic()
    stage.process = subprocess.Popen(  # noqa: S603 - our own command
        _command(case, target, out),
        env={**os.environ, **case.environment, "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=partial(_limit_files, case.most_file_bytes) if case.most_file_bytes else None,  # noqa: PLW1509
    )
    try:
        if act is not None:
            act(stage)
        said, _ = stage.process.communicate(timeout=DURATION_S + PATIENCE_S)
    except subprocess.TimeoutExpired:
        stage.process.kill()
        said = stage.process.communicate()[0] + "\nIt did not end in time."
    assert stage.proxy is not None
    said = "\n".join([said, *stage.more])
    results = out / "results.json"
    return Played(
        stage.process.returncode,
        time.monotonic() - begun_s,
        said,
        json.loads(results.read_text()) if results.exists() else None,
        Ledger.read(out / "ledger") if results.exists() else None,
        stage.proxy.traffic(),
        (out / "locust.log").read_text(errors="replace") if (out / "locust.log").exists() else "",
    )


def _command(case: Case, target: str, out: Path) -> list[str]:
    endpoint = ("--endpoint", case.endpoint) if case.endpoint else ()
    return [
        *(PROGRAM, "run", target, "--viewers", str(VIEWERS), "--warmup", "0s", "--duration", f"{DURATION_S:g}s"),
        *("--stream-every", "0.2", "--resolution", "320x240", "--out", case.out or str(out), *endpoint, *case.options),
    ]


def _limit_files(most_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
