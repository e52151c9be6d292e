"""What every handler does besides its own job: it is counted, and does the extra work it was told to."""

import functools
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from target_app.settings import PageSettings

Handler = Callable[..., Any]


class Calls:
    """How often each handler has been called; safe to use from any thread."""

    def __init__(self, names: Iterable[str]) -> None:
        self._counts = dict.fromkeys(names, 0)
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Count one call of the handler `name`."""
        with self._lock:
            self._counts[name] += 1

    def counts(self) -> dict[str, int]:
        """Tell the calls so far by name."""
        with self._lock:
            return dict(self._counts)


def burn(cpu_s: float) -> None:
    """Compute for `cpu_s` seconds of this thread's CPU time; waiting for the CPU does not count."""
    end_s = time.thread_time() + cpu_s
    while time.thread_time() < end_s:
        sum(range(500))


def at_work(handle: Handler, name: str, settings: PageSettings, calls: Calls) -> Handler:
    """`handle` as the page `name` runs it: counted, with the extra sleep and CPU time of `settings` before it.

    Every call returns a function of its own, because Gradio shares one concurrency limit among all endpoints of one
    function (`BlockFunction.concurrency_id`).
    """

    @functools.wraps(handle)
    def handler(*values: Any) -> Any:
        calls.add(name)
        time.sleep(settings.sleep_s)
        burn(settings.cpu_s)
        return handle(*values)

    return handler
