"""Ends a Locust process with the one that started it, also when that was killed and could not say so."""

import os
from collections.abc import Callable
from typing import Any

import gevent

from bench.load.roles import FIRST_PID

LOOK_EVERY_S = 0.5


def watch_parent(quit_run: Callable[[], Any]) -> None:
    """Call `quit_run` once the `gradio-bench` that started this process, or the Locust that forked it, is gone."""
    forked = os.getpid() != FIRST_PID
    parent = FIRST_PID if forked else int(os.environ.get("GRADIO_BENCH_PARENT") or 0)

    def watch() -> None:
        while os.getppid() == parent:
            gevent.sleep(LOOK_EVERY_S)
        quit_run()

    if parent:
        gevent.spawn(watch)
