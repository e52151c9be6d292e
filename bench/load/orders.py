"""A run whose viewers come and go when the process that started it says so: how two apps are driven in turn.

Orders are lines: `on` brings the viewers that -u asks for, all at once; `off` has them leave and waits for their
last rows; anything else, and the end of the pipe, ends the run. Each stretch of viewers, a block, is marked in the
ledger by two notes: {"note": "block", "at_s", "viewers"}, with 0 viewers where they were told to leave.
"""

import os
import time
from typing import Any

import gevent
from gevent.fileobject import FileObjectThread

from bench.load.pipe import tell
from bench.load.session import Session

ORDERED = "GRADIO_BENCH_ORDERS_FD"
"""The environment variable that holds the descriptor to read orders from."""

_LEAVE_S = 8.0  # a viewer waits two seconds for results and one for its Stop; then something hangs


def follow_orders(environment: Any, session: Session) -> None:
    """Follow orders, where whoever started this process gives some; the viewers of -u come once by themselves."""
    descriptor = os.environ.get(ORDERED)
    if descriptor is not None:
        gevent.spawn(_follow, environment, session, FileObjectThread(int(descriptor), "rb", buffering=0))


def _follow(environment: Any, session: Session, orders: Any) -> None:
    for line in iter(orders.readline, b""):
        order = line.strip()
        if order not in {b"on", b"off"} or session.crowd is None:
            break
        viewers = environment.parsed_options.num_users if order == b"on" else 0
        _mark(session, viewers)
        environment.runner.start(viewers, max(environment.parsed_options.num_users, 1))
        if not viewers:
            _until_gone(session)
        tell({"phase": "block", "viewers": viewers})
    environment.runner.quit()


def _mark(session: Session, viewers: int) -> None:
    if session.crowd is not None:
        session.crowd.writer.note({"note": "block", "at_s": time.monotonic(), "viewers": viewers})


def _until_gone(session: Session) -> None:
    """Wait until no viewer is left, and have their rows written."""
    deadline_s = time.monotonic() + _LEAVE_S
    while (crowd := session.crowd) is not None and time.monotonic() < deadline_s:
        if not crowd.viewers:
            crowd.writer.flush()
            return
        gevent.sleep(0.01)
