"""What every handler does besides its own job: it is counted, and does the extra work it was told to."""

import functools
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from target_app.settings import PageSettings
from target_app.sound import duration_s

Handler = Callable[..., Any]


class Tally:
    """What each handler has come to, by its page's name; safe to use from any thread."""

    def __init__(self, names: Iterable[str]) -> None:
        self._totals: dict[str, float] = dict.fromkeys(names, 0)
        self._lock = threading.Lock()

    def add(self, name: str, amount: float = 1) -> None:
        """Add to the total of `name`."""
        with self._lock:
            self._totals[name] += amount

    def totals(self) -> dict[str, float]:
        """Tell the totals so far by name."""
        with self._lock:
            return dict(self._totals)


def burn(cpu_s: float) -> None:
    """Compute for `cpu_s` seconds of this thread's CPU time; waiting for the CPU does not count."""
    end_s = time.thread_time() + cpu_s
    while time.thread_time() < end_s:
        sum(range(500))


def at_work(handle: Handler, name: str, settings: PageSettings, calls: Tally, heard: Tally) -> Handler:
    """`handle` as the page `name` runs it: counted, with the extra sleep and CPU time of `settings` before it.

    The first value is the streaming component's: where it is sound, its seconds are added to `heard`.

    Every call returns a function of its own, because Gradio shares one concurrency limit among all endpoints of one
    function (`BlockFunction.concurrency_id`).
    """

    @functools.wraps(handle)
    def handler(*values: Any) -> Any:
        calls.add(name)
        heard.add(name, duration_s(values[0]) if values else 0)
        time.sleep(settings.sleep_s)
        burn(settings.cpu_s)
        return handle(*values)

    return handler
