"""Ends a Locust process with the one that started it, also when that was killed and could not say so.

Native threads watch: a loop that is kept busy, or hangs, must not let a process outlive its parent.
"""

import os
import signal

from gevent.monkey import get_original

LOOK_EVERY_S = 0.5

GRACE_S = 15.0
"""How long a process may take to close its books, once its parent is gone, before it is ended the hard way: a worker
that is lost is waited for that long."""

_start_thread = get_original("_thread", "start_new_thread")
_sleep = get_original("time", "sleep")


def watch_parent() -> None:
    """End this process once the `gradio-bench` that started it is gone."""
    parent = int(os.environ.get("GRADIO_BENCH_PARENT") or 0)
    if parent and os.getppid() == parent:  # a worker's is the Locust that forked it
        _start_thread(_end_with, (parent,))


def watch_parent_after_fork() -> None:
    """Let workers that Locust forks from here on end with it.

    They watch from the fork on: a worker may never come as far as its `init` event, when the process that forked it
    dies before it could be connected to.
    """
    parent = os.getpid()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _start_thread(_end_with, (parent,)))


def _end_with(parent: int) -> None:
    """Once the parent is gone send the signal that makes Locust close its books; then one that cannot be ignored."""
    while os.getppid() == parent:
        _sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    _sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)
