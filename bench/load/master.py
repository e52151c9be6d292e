"""The master of a run with workers: gives out turns, keeps its workers' rows, and waits for the last of them."""

import logging
import time
import uuid
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import gevent
from locust.runners import STATE_MISSING, MasterRunner

from bench.live.counts import silent
from bench.load.clock import began
from bench.load.crowd import Reporter
from bench.load.live import Live, look
from bench.load.roles import FAMILY, FINISH, PLAN, REPORT, TURN, worker_name
from bench.load.session import Session
from bench.load.turns import Turns

logger = logging.getLogger("gradio-bench")

PATIENCE_S = 15.0
"""How long workers may take to end: two seconds for the last results, a few more to read them, and four until Locust
finds that a silent one is gone."""


@dataclass(slots=True)
class _Worker:
    """What the master knows of a worker in this run."""

    name: str
    heard_s: float
    ended: bool = False
    live: Live | None = None


class Master:
    """See Role. `runner` is Locust's; the ledger files of workers elsewhere are copied into the run's own folder."""

    def __init__(self, runner: MasterRunner) -> None:
        self._runner = runner
        self._workers: dict[str, _Worker] = {}
        self._turns = Turns()
        self._session: Session | None = None
        self._folder = Path()
        self._run = ""
        self._began_s = inf
        runner.register_message(REPORT, self._take_report)
        runner.register_message(TURN, self._give_turn)

    def begin(self, session: Session, options: Any, report: Reporter) -> None:
        """See Role: the workers get the plan with Locust's orders, those that join late as well."""
        session.start_run(report)
        self._session, self._turns, self._run = session, Turns(), uuid.uuid4().hex
        self._folder = session.out.resolve() / "ledger"
        self._workers, self._began_s = {}, inf
        for client_id in self._runner.clients:
            if self._present(client_id):
                self._known(client_id)
        setattr(options, PLAN, {"run": self._run, "family": FAMILY, "out": str(session.out.resolve())})

    def gather(self) -> None:
        """See Role: tell the workers to finish, wait for their last rows, and name those that are lost."""
        if not self._run:
            return
        for client_id in self._runner.clients:
            if self._present(client_id):
                self._known(client_id)
        self._runner.send_message(FINISH, {"run": self._run})
        stopped_s = time.monotonic()
        while any(self._awaited()) and time.monotonic() < stopped_s + PATIENCE_S:
            gevent.sleep(0.02)
        self._run = ""  # what comes now is too late to be counted: it stays in the worker's own ledger
        for worker in self._workers.values():
            if not worker.ended:
                self._lament(worker, stopped_s)

    def end(self) -> None:
        """See Role."""

    def live(self) -> list[Live]:
        """See Role: what a lost worker counted stays."""
        crowd = self._session.crowd if self._session else None
        own = [look(crowd)] if crowd else []
        for client_id, worker in self._workers.items():
            if worker.live is not None:
                gone = not worker.ended and not self._present(client_id)
                own.append(silent(worker.live) if gone else worker.live)
        return own

    def began_s(self) -> float:
        """See Role."""
        return self._began_s

    # Messages -------------------------------------------------------------------------------------------------

    def _take_report(self, environment: Any, msg: Any) -> None:  # noqa: ARG002 - Locust's signature
        report = msg.data
        if report["run"] != self._run:
            return
        worker = self._known(msg.node_id)
        worker.heard_s = time.monotonic()
        worker.ended = report["ended"]
        worker.live = report["live"] or worker.live
        self._began_s = min(self._began_s, began(report.get("recorded_s")))
        if report["blocks"]:
            with (self._folder / f"{worker.name}.ledger").open("ab") as file:
                file.write(report["blocks"])
        if report["problem"]:
            self._note(f"{worker.name}: {report['problem']}")

    def _give_turn(self, environment: Any, msg: Any) -> None:  # noqa: ARG002 - Locust's signature
        if msg.data["run"] == self._run:
            turn = self._turns.take(msg.data["api_name"])
            answer = {**msg.data, "number": turn.number, "place": turn.place}
            self._runner.send_message(TURN, answer, client_id=msg.node_id)

    # Workers --------------------------------------------------------------------------------------------------

    def _known(self, client_id: str) -> _Worker:
        if client_id not in self._workers:
            index: int = self._runner.get_worker_index(client_id)  # type: ignore[no-untyped-call]  # Locust's
            self._workers[client_id] = _Worker(worker_name(index), time.monotonic())
        return self._workers[client_id]

    def _present(self, client_id: str) -> bool:
        node = self._runner.clients.get(client_id)
        return node is not None and node.state != STATE_MISSING

    def _awaited(self) -> list[str]:
        return [one for one, worker in self._workers.items() if not worker.ended and self._present(one)]

    def _lament(self, worker: _Worker, stopped_s: float) -> None:
        silent_s = max(0.0, stopped_s - worker.heard_s)
        self._note(
            f"{worker.name} was lost: nothing was heard of it for the last {silent_s:.0f} s of the run, "
            "and of its frames those of its last second or two may be missing"
        )

    def _note(self, what: str) -> None:
        logger.error("%s.", what)
        if self._session is not None and self._session.crowd is not None:
            self._session.crowd.writer.note(
                {"note": "error", "at_s": time.monotonic(), "where": "worker", "what": what}
            )
