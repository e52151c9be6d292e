"""What a Locust process says before and beside its figures: to the process that started it, or to Locust's log."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import gevent

from bench.load.pipe import piped, tell

_EVERY_S = 1.0
_logger = logging.getLogger("gradio-bench")


def preparing(text: str) -> None:
    """Say what is being waited for; the next word replaces it."""
    _say("preparing", text, logging.INFO)


def notice(text: str) -> None:
    """Say what stays true for the whole run and should stay on the screen."""
    _say("notice", text, logging.WARNING)


@contextmanager
def waiting(text: str, most_s: float) -> Iterator[None]:
    """Say each second that something is still waited for, and for how long it has been."""
    started_s = time.monotonic()

    def work() -> None:
        while True:
            gevent.sleep(_EVERY_S)
            preparing(f"{text}: {time.monotonic() - started_s:.0f} s of at most {most_s:.0f} s ...")

    teller = gevent.spawn(work)
    try:
        yield
    finally:
        teller.kill()


def _say(phase: str, text: str, level: int) -> None:
    if piped():
        tell({"phase": phase, "text": text})
    else:
        _logger.log(level, "%s", text)
