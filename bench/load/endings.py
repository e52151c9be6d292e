"""How a Locust process of ours ends: with its reports, or with an error's sentence and exit code."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import gevent
from rich.console import Console

from bench.errors import BenchError, InterruptError
from bench.load.pipe import piped, tell
from bench.load.roles import Role
from bench.load.worker import Worker
from bench.metrics import Summary
from bench.report import write_reports
from bench.report.exports import read_formats
from bench.report.markdown import append_step_summary
from bench.report.terminal import places, render
from bench.slo import EXIT_CODES

Environment = Any
"""Locust's Environment: its own annotations leave options and runner as None."""

logger = logging.getLogger("gradio-bench")


@dataclass(frozen=True, slots=True)
class Written:
    """A run's folder, and its Summary; None where the reports could not be written."""

    out: Path
    summary: Summary | None


def write_run(environment: Environment, out: Path, exports: str) -> Written:
    """Write the reports of the run in `out`; a verdict but "pass" sets the exit code. An error is logged."""
    try:
        summary = write_reports(out / "ledger", out, read_formats(exports))
    except BenchError as error:
        logger.error("%s", error)
        return Written(out, None)
    code = EXIT_CODES[summary.verdict.status]
    if code and environment.process_exit_code is None:
        environment.process_exit_code = code
    return Written(out, summary)


def tell_run(written: Written) -> None:
    """Print the summary of a run."""
    if written.summary is None:
        return
    append_step_summary(written.summary, os.environ)
    console = Console()
    render(written.summary, console)
    console.print(places(written.out), soft_wrap=True, highlight=False, markup=False)


def give_up(environment: Environment, role: Role, error: BenchError) -> None:
    """End a run that could not begin; a worker leaves, so that the master gives its viewers to the others."""
    logger.error("%s", error)
    environment.process_exit_code = error.exit_code
    runner = environment.runner
    if isinstance(role, Worker):
        role.failed(str(error))
    quits = environment.parsed_options.headless or isinstance(role, Worker)
    gevent.spawn(runner.quit if quits else runner.stop)


class Fatal:
    """Turns an error of ours into a sentence on standard error and its exit code; Locust would log a traceback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, KeyboardInterrupt):
            _leave(InterruptError("Interrupted before the run began: nothing was measured."))
        if isinstance(error, BenchError):
            _leave(error)


def end_on_ctrl_c(ending: Callable[[], bool]) -> None:
    """Let the first SIGINT end Locust in its main greenlet, unless it is `ending` already; the next is Python's own.

    Python would raise KeyboardInterrupt in whichever greenlet runs just then, and a viewer that it hits never closes
    its books.
    """

    def came() -> None:
        handler.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if not ending():
            gevent.get_hub().handle_system_error(KeyboardInterrupt, KeyboardInterrupt())

    handler = gevent.signal_handler(signal.SIGINT, came)


def _leave(error: BenchError) -> NoReturn:
    if piped():
        tell({"phase": "error", "problem": error.problem, "remedy": error.remedy, "exit_code": error.exit_code})
    else:
        sys.stderr.write(f"{error}\n")
    sys.exit(error.exit_code)
