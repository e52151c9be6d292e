"""A worker of a run: asks the master for its viewers' numbers, and sends it what is new every second."""

import logging
import time
from dataclasses import dataclass
from itertools import count
from math import inf
from pathlib import Path
from typing import Any

import gevent
from gevent.event import AsyncResult
from gevent.lock import RLock
from locust.exception import RPCError
from locust.runners import WorkerRunner

from bench.ledger import LedgerWriter
from bench.load.crowd import Crowd, Reporter
from bench.load.live import Live, look
from bench.load.roles import FAMILY, PLAN, REPORT, TURN, worker_name
from bench.load.session import Part, Session
from bench.load.turns import Turn

logger = logging.getLogger("gradio-bench")

REPORT_EVERY_S = 1.0
"""Rows wait this long to be sent, so a worker that is lost takes no more than this with it, and the ledger's own half
second. Locust's own report, every 3 s, would also drop what could not be sent at once."""

TURN_TIMEOUT_S = 10.0


@dataclass(slots=True)
class _Run:
    """A run this worker takes part in. `sent` bytes of the ledger file are with the master already."""

    token: str
    crowd: Crowd
    writer: LedgerWriter
    remote: bool
    sent: int = 0


class Worker:
    """See Role. A worker forked by `--processes` writes into the run's own folder, and reports only live counts.

    One on another machine, or started by itself, keeps its file below `own_out` and sends every block of it.
    """

    def __init__(self, runner: WorkerRunner, own_out: Path) -> None:
        self._runner, self._own_out = runner, own_out
        self._run: _Run | None = None
        self._plan: dict[str, str] = {"run": ""}
        self._asked: dict[int, AsyncResult[Turn]] = {}
        self._questions = count()
        self._sending = RLock()
        runner.register_message(TURN, self._hear_turn)

    def begin(self, session: Session, options: Any, report: Reporter) -> None:
        """See Role."""
        self._plan = getattr(options, PLAN)
        remote = self._plan["family"] != FAMILY
        name = worker_name(self._runner.worker_index)
        out = self._own_out / "workers" / f"{name}-{self._plan['run'][:8]}" if remote else Path(self._plan["out"])
        session.start_run(report, part=Part(name, out, self._take_turn))
        assert session.crowd is not None
        self._run = _Run(self._plan["run"], session.crowd, session.crowd.writer, remote)
        gevent.spawn(self._report, self._run)

    def gather(self) -> None:
        """See Role: nobody reports to a worker."""

    def end(self) -> None:
        """See Role: send the rest, and say that it is all."""
        run, self._run = self._run, None
        if run is not None:
            self._send_rows(run, ended=True)

    def live(self) -> list[Live]:
        """See Role."""
        return [look(self._run.crowd)] if self._run else []

    def began_s(self) -> float:
        """See Role."""
        return self._run.crowd.began_s if self._run else inf

    def answer_finish(self, token: str) -> None:
        """Tell the master that there is nothing to come from here, where that is so already."""
        if self._run is None:
            self._send({"run": token, "blocks": b"", "live": None, "ended": True, "problem": ""})

    def failed(self, problem: str) -> None:
        """Tell the master why this worker takes no part."""
        self._send({"run": self._plan["run"], "blocks": b"", "live": None, "ended": True, "problem": problem})

    # Reports --------------------------------------------------------------------------------------------------

    def _report(self, run: _Run) -> None:
        while self._run is run:
            self._send_rows(run, ended=False)
            gevent.sleep(REPORT_EVERY_S)

    def _send_rows(self, run: _Run, *, ended: bool) -> None:
        """Send what the ledger file has gained; what could not be sent goes with the next report."""
        with self._sending:
            blocks = _read_from(run.writer.path, run.sent) if run.remote else b""
            live = look(run.crowd)
            recorded_s = time.monotonic() - run.crowd.began_s if run.crowd.began_s < inf else None
            report = {"run": run.token, "blocks": blocks, "live": live, "ended": ended, "problem": ""}
            if self._send({**report, "recorded_s": recorded_s}):  # a span: machines do not share a clock
                run.sent += len(blocks)

    def _send(self, report: dict[str, Any]) -> bool:
        try:
            self._runner.send_message(REPORT, report)
        except RPCError as error:
            logger.warning("A report to the master could not be sent: %s", error)
            return False
        return True

    # Turns ----------------------------------------------------------------------------------------------------

    def _take_turn(self, api_name: str | None) -> Turn | None:
        """Ask the master, and wait for its answer."""
        question = next(self._questions)
        self._asked[question] = AsyncResult()
        try:
            self._runner.send_message(TURN, {"run": self._plan["run"], "question": question, "api_name": api_name})
            turn: Turn | None = self._asked[question].get(timeout=TURN_TIMEOUT_S)
        except (RPCError, gevent.Timeout):
            logger.warning("The master gave a viewer no number within %g s.", TURN_TIMEOUT_S)
            turn = None
        finally:
            del self._asked[question]
        return turn

    def _hear_turn(self, environment: Any, msg: Any) -> None:  # noqa: ARG002 - Locust's signature
        asked = self._asked.get(msg.data["question"])
        if asked is not None and msg.data["run"] == self._plan["run"]:
            asked.set(Turn(msg.data["number"], msg.data["place"]))


def _read_from(path: Path, begin: int) -> bytes:
    with path.open("rb") as file:
        file.seek(begin)
        return file.read()
