"""The length of a run given with --duration: counted from its first camera's start, as its figures are."""

import time
from collections.abc import Callable
from math import inf
from typing import Any

import gevent

from bench.load.roles import Role

START_PATIENCE_S = 15.0
"""A run whose cameras have not begun by then is as long as if they had: nobody waits for them for ever."""

LOOK_EVERY_S = 0.05


def end_after(length_s: float, role: Role, over: Callable[[], bool], end: Callable[[], Any]) -> gevent.Greenlet:
    """Call `end` when cameras have recorded for `length_s`, unless the run is `over` before."""
    latest_s = time.monotonic() + START_PATIENCE_S

    def keep_time() -> None:
        while not over():
            left_s = min(role.began_s(), latest_s) + length_s - time.monotonic()
            if left_s <= 0:
                end()
                return
            gevent.sleep(min(left_s, LOOK_EVERY_S))

    return gevent.spawn(keep_time)


def began(recorded_s: float | None) -> float:
    """Tell the instant at which cameras began that have recorded for so long; infinity where none has."""
    return inf if recorded_s is None else time.monotonic() - recorded_s
