"""What a Locust process is in a run: alone, the master, or one of its workers; and what they say to each other."""

import uuid
from math import inf
from typing import Any, Protocol

from bench.load.crowd import Reporter
from bench.load.live import Live, look
from bench.load.session import Session

REPORT = "gradio-bench-report"
"""Worker to master, every second: its new rows and its live counts. The last one says so."""
TURN = "gradio-bench-turn"
"""Worker to master and back: a viewer asks for its number."""
FINISH = "gradio-bench-finish"
"""Master to worker: close the books and send what is left. Locust's own order to quit leaves half a second for it."""

PLAN = "gradio_bench_run"
"""Where the run's plan lies among the parsed options, which Locust sends along with every order to spawn."""

FAMILY = uuid.uuid4().hex
"""Processes that `--processes` forked have it in common with the one they were forked from: made at import."""


def worker_name(index: int) -> str:
    """Name a worker, and its ledger file, by Locust's index of it, which counts from 0."""
    return f"worker-{index + 1:03}"


class Role(Protocol):
    """A process's part in each run."""

    def begin(self, session: Session, options: Any, report: Reporter) -> None:
        """Begin a run; `options` are Locust's parsed ones. Raises UsageError when its folder cannot take it."""

    def gather(self) -> None:
        """Wait for what other processes still have, before this one closes its books."""

    def end(self) -> None:
        """Take note that this process's books are closed."""

    def live(self) -> list[Live]:
        """Give the live counts of all processes this one knows of."""

    def began_s(self) -> float:
        """Tell when the run's first camera began, by this machine's CLOCK_MONOTONIC; infinity while none has."""


class Alone:
    """The only process."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def begin(self, session: Session, options: Any, report: Reporter) -> None:  # noqa: ARG002 - see Role
        """See Role."""
        self._session = session
        session.start_run(report)

    def gather(self) -> None:
        """See Role: there is nobody else."""

    def end(self) -> None:
        """See Role: there is nobody to tell."""

    def live(self) -> list[Live]:
        """See Role."""
        crowd = self._session.crowd if self._session else None
        return [look(crowd)] if crowd else []

    def began_s(self) -> float:
        """See Role."""
        crowd = self._session.crowd if self._session else None
        return crowd.began_s if crowd else inf
