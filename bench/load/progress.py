"""Progress of a run for the process that started it: one JSON line every half second on a pipe."""

import os
import time

import gevent
import orjson

from bench.load.live import add_up
from bench.load.roles import Role
from bench.load.session import Session

EVERY_S = 0.5


def start_progress(session: Session, role: Role) -> None:
    """Write lines while the run goes on, if `GRADIO_BENCH_PROGRESS_FD` names a pipe."""
    descriptor = os.environ.get("GRADIO_BENCH_PROGRESS_FD")
    if descriptor is not None:
        gevent.spawn(_work, session, role, int(descriptor))


def _work(session: Session, role: Role, descriptor: int) -> None:
    started_s = time.monotonic()
    while (crowd := session.crowd) is not None:
        line = {
            "phase": "finishing" if crowd.over else "running",
            "elapsed_s": time.monotonic() - started_s,
            **add_up(role.live()),
        }
        os.write(descriptor, orjson.dumps(line) + b"\n")
        gevent.sleep(EVERY_S)
