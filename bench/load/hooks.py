"""The composition on Locust's side: options, the embedded app, the users that fit it, the run's beginning and end."""

import logging
import os
import shlex
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import gevent
from gevent.lock import BoundedSemaphore
from locust.runners import MasterRunner, WorkerRunner

from bench.errors import BenchError, TargetError, UsageError
from bench.ledger import UNWRITABLE
from bench.load.addresses import read_addresses
from bench.load.anonymous import hide_machine_name
from bench.load.chosen import choose_users
from bench.load.clock import end_after
from bench.load.endings import Fatal, Written, end_on_ctrl_c, give_up, tell_run, write_run
from bench.load.extent import choose_viewers
from bench.load.held import Held, read_objectives
from bench.load.master import Master
from bench.load.options import add_arguments, read
from bench.load.orders import follow_orders
from bench.load.parent import watch_parent, watch_parent_after_fork
from bench.load.pipe import piped
from bench.load.ports import refuse_used_port
from bench.load.preparation import answer_prepare, prepare_workers
from bench.load.progress import Watch
from bench.load.roles import FINISH, Alone, Role
from bench.load.session import Session
from bench.load.shaped import follow
from bench.load.tour import plan
from bench.load.views import open_views
from bench.load.worker import Worker
from bench.report.exports import read_formats
from bench.units import option
from bench.wire.app import is_loopback
from bench.words import plural

Environment = Any
"""Locust's Environment: its own annotations leave options and runner as None."""

logger = logging.getLogger("gradio-bench")

_QUIET_LOGGERS = ("httpx", "httpcore", "urllib3")
_registered = False
_sessions: WeakKeyDictionary[Environment, Session] = WeakKeyDictionary()
_roles: WeakKeyDictionary[Environment, Role] = WeakKeyDictionary()
_watches: WeakKeyDictionary[Environment, Watch] = WeakKeyDictionary()
_unwritten: list[tuple[Path, str]] = []
_unreported: list[Written] = []
_closing = BoundedSemaphore()
"""Held while a run ends: its end and Ctrl-C may come at once, and the second waits for the first to close the books."""


def register(events: Any) -> None:
    """Register with Locust's `events`, once per process however many locustfiles ask for it."""
    global _registered  # noqa: PLW0603 - Locust's events are as global as this
    if _registered:
        return
    _registered = True
    watch_parent_after_fork()
    if piped():  # its log is kept beside the results, to be shown around
        hide_machine_name()
    events.init_command_line_parser.add_listener(add_arguments)
    events.init.add_listener(_on_init)
    events.test_start.add_listener(_on_test_start)
    events.test_stopping.add_listener(_on_test_stopping)
    events.test_stop.add_listener(_on_test_stop)
    events.quitting.add_listener(_on_quitting)
    events.quit.add_listener(_on_quit)


def session(environment: Environment) -> Session | None:
    """Return the session of this Locust process; None when there is no run to take part in."""
    current = _sessions.get(environment)
    return current if current is not None and current.crowd is not None else None


# Locust's events ----------------------------------------------------------------------------------------------


def _on_init(environment: Environment, runner: Any, **_kwargs: Any) -> None:
    for name in _QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    with Fatal():
        end_on_ctrl_c(_closing.locked)
        current = Session(read(environment.parsed_options), _command())
        _sessions[environment] = current
        current.on_death = partial(_app_died, environment)
        current.on_unwritable = partial(_ledger_lost, environment)
        _roles[environment] = _role(environment, current)
        watch_parent()
        if isinstance(runner, WorkerRunner):
            answer_prepare(runner, current)
            return
        _refuse_early(environment)
        slo = read_objectives(environment.parsed_options, current)
        _ask_before_loading(current)
        app = current.open()
        environment.host = app.url
        if slo is not None:
            slo.require_endpoints(endpoint.api_name for endpoint in app.endpoints)
        choose_users(environment, {endpoint.api_name for endpoint in app.endpoints})
        if isinstance(runner, MasterRunner):
            prepare_workers(runner, current, environment.parsed_options.expect_workers)
        else:
            current.prepare()  # now, for once Locust starts a run its time runs
        if current.options.shape is not None:
            follow(environment, current.options.shape)
        else:
            choose_viewers(environment.parsed_options, current)
        watch = _watches[environment] = open_views(environment, current, _roles[environment])
        if slo is not None:
            watch.on_look = Held(current, slo, partial(_end, environment))
        for left_out in app.left_out:
            logger.warning("Not driven: %s: %s.", left_out.api_name, left_out.reason)


def _refuse_early(environment: Environment) -> None:
    """Raise UsageError for what would otherwise come up only after an app was deployed, or after the run."""
    parsed = environment.parsed_options
    option("--export", read_formats, parsed.export)
    read_addresses(parsed)
    if environment.web_ui is not None:
        refuse_used_port(environment.web_ui.host, parsed.web_port, "Name another with --web-port.")


def _on_test_start(environment: Environment, **_kwargs: Any) -> None:
    current, role = _sessions[environment], _roles[environment]
    runner = environment.runner
    try:
        current.options = read(environment.parsed_options, current.options.target)  # the web form may have changed them
        if isinstance(runner, WorkerRunner) or environment.host != current.app.url:
            current.open(environment.host)
        if not isinstance(runner, MasterRunner):
            current.prepare()
        role.begin(current, environment.parsed_options, _reporter(environment))
    except BenchError as error:
        give_up(environment, role, error)
        return
    if not isinstance(runner, WorkerRunner):
        _watches[environment].begin()
        follow_orders(environment, current)
        _keep_time(environment, current, role)
    tour = plan(environment)
    if tour is not None:
        logger.info(
            "Fewer users than pages: they take turns on %s, %.0f s on each.", ", ".join(tour.pages), tour.stay_s
        )


def _keep_time(environment: Environment, current: Session, role: Role) -> None:
    """End the run in time where --duration says how long it is."""
    crowd, options = current.crowd, current.options
    if options.timed and options.duration_s is not None:
        end_after(
            options.duration_s,
            role,
            lambda: current.crowd is not crowd or crowd is None or crowd.over,
            partial(_end, environment),
        )


def _end(environment: Environment) -> None:
    """End the run as Locust's own -t does, the cameras first.

    On its way to `test_stopping` Locust inspects the stack for a line of its log. That reads source files for 40 to
    100 ms, in which every camera would miss its last tick.
    """
    current = _sessions.get(environment)
    if current is not None and current.crowd is not None:
        current.crowd.stopping()
    gevent.spawn(environment.runner.quit if environment.parsed_options.headless else environment.runner.stop)


def _app_died(environment: Environment) -> None:
    logger.error("The app under test died: the run ends here.")
    environment.process_exit_code = TargetError.exit_code
    _end(environment)


def _ledger_lost(environment: Environment, problem: str) -> None:
    logger.error("The ledger cannot be written any more (%s): the run ends here.", problem)
    environment.process_exit_code = UNWRITABLE
    _end(environment)


def _on_test_stopping(environment: Environment, **_kwargs: Any) -> None:
    current = _sessions.get(environment)
    with _closing:
        if current is not None and current.crowd is not None:
            current.crowd.stopping()
            _roles[environment].gather()


def _on_test_stop(environment: Environment, **_kwargs: Any) -> None:
    _finish(environment)
    runner = environment.runner
    if isinstance(runner, MasterRunner) and environment.parsed_options.headless and not runner.worker_count:
        gevent.spawn(runner.quit)  # every worker is lost: nothing more can come of waiting for the end


def _on_quitting(environment: Environment, **_kwargs: Any) -> None:
    _finish(environment)
    current = _sessions.get(environment)
    if current is not None:
        current.close()
    while _unwritten:  # now, for a verdict sets the exit code
        _unreported.append(write_run(environment, *_unwritten.pop(0)))


def _on_quit(**_kwargs: Any) -> None:
    """Report runs of `--headless` last, below Locust's own tables."""
    while _unreported:
        tell_run(_unreported.pop(0))


def _finish(environment: Environment) -> None:
    with _closing:
        _close_books(environment)


def _close_books(environment: Environment) -> None:
    current = _sessions.get(environment)
    out = current.finish_run() if current is not None else None
    if out is not None:
        _roles[environment].end()
    if out is None or isinstance(environment.runner, WorkerRunner) or piped():
        return  # the process that started this one reports
    if environment.parsed_options.headless:
        _unwritten.append((out, environment.parsed_options.export))
    else:
        tell_run(write_run(environment, out, environment.parsed_options.export))


# What they are made of ----------------------------------------------------------------------------------------


def _role(environment: Environment, current: Session) -> Role:
    """Tell what this process is in its runs, and listen to what the others have to say to it."""
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        return Master(runner)
    if not isinstance(runner, WorkerRunner):
        return Alone()
    worker = Worker(runner, current.out.resolve())

    def finish(environment: Environment, msg: Any) -> None:
        _on_test_stopping(environment)
        _finish(environment)
        worker.answer_finish(msg.data["run"])

    runner.register_message(FINISH, finish, concurrent=True)
    # Fired in reverse: so the last rows go before the word that this worker has quit.
    environment.events.quitting.add_listener(lambda environment, **_kwargs: _finish(environment))
    return worker


def _reporter(environment: Environment) -> Callable[..., None]:
    """Turn what the viewers report into Locust's requests, times in milliseconds."""
    fire = environment.events.request.fire

    def report(kind: str, name: str, duration_s: float, size: int = 0, error: Exception | None = None) -> None:
        fire(
            request_type=kind,
            name=name,
            response_time=duration_s * 1000,
            response_length=size,
            exception=error,
            context={},
            start_time=time.time() - duration_s,
        )

    return report


def _ask_before_loading(current: Session) -> None:
    """Get a yes before an app that is not on this machine is loaded; raises UsageError without one."""
    target = current.options.target
    if target.deployed or is_loopback(target.text) or current.options.yes:
        return
    length_s = current.options.duration_s
    how_long = f"for {length_s:.0f} s" if length_s else "until stopped"
    question = f"This sends {plural(current.options.viewers or 1, 'viewer')} to {target.text} {how_long}."
    if not sys.stdin.isatty():
        raise UsageError(f"{question} That app is not on this machine.", "Add --yes if you may load it.")
    if input(f"{question} May you load that app? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UsageError("Nothing was loaded.", "Answer y, or add --yes, if you may load that app.")


def _command() -> str:
    return os.environ.get("GRADIO_BENCH_COMMAND") or shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
