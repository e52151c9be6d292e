"""Ends a Locust process with the one that started it, also when that was killed and could not say so."""

import os
import signal
from collections.abc import Callable
from typing import Any

import gevent
from gevent.monkey import get_original

LOOK_EVERY_S = 0.5

_start_thread = get_original("_thread", "start_new_thread")
_sleep = get_original("time", "sleep")


def watch_parent(quit_run: Callable[[], Any]) -> None:
    """Call `quit_run` once the `gradio-bench` that started this process is gone."""
    parent = int(os.environ.get("GRADIO_BENCH_PARENT") or 0)

    def watch() -> None:
        while os.getppid() == parent:
            gevent.sleep(LOOK_EVERY_S)
        quit_run()

    if parent and os.getppid() == parent:  # a worker's is the Locust that forked it
        gevent.spawn(watch)


def watch_parent_after_fork() -> None:
    """Let workers that Locust forks from here on end with it, by the signal that makes Locust close its books.

    A native thread does it, from the fork on: a worker may never come as far as its `init` event, when the process that
    forked it dies before it could be connected to.
    """
    parent = os.getpid()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _start_thread(_end_with, (parent,)))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        _sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
