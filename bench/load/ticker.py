"""The clock of one camera or microphone: an open loop that ticks whatever the app does, and forgets no tick."""

import time
from collections.abc import Callable
from math import nan

import gevent


class Ticker:
    """Calls `tick` with the number and the instant of each tick, on its due time or as soon after as the loop wakes.

    Tick n is due at `started_s` + n × `every_s`, seconds of CLOCK_MONOTONIC. A process that was held up makes good
    what it missed, one tick after the other.
    """

    def __init__(self, every_s: float, tick: Callable[[int, float], None]) -> None:
        self.every_s, self._tick = every_s, tick
        self.started_s = nan
        self._next = 0
        self._stopped = False
        self._greenlet: gevent.Greenlet | None = None

    def start(self, delay_s: float) -> None:
        """Begin with tick 0 after `delay_s`."""
        self.started_s = time.monotonic() + delay_s
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> tuple[float, list[tuple[int, float]]]:
        """Stop for good; tell when that was, and which ticks were due by then and have not been called.

        No other greenlet runs meanwhile.
        """
        self._stopped = True
        if self._greenlet is not None:
            self._greenlet.kill(block=False)
        now_s = time.monotonic()
        missed = []
        while self._due_s() < now_s:  # never, where it was not started
            missed.append((self._next, self._due_s()))
            self._next += 1
        return now_s, missed

    def _run(self) -> None:
        while True:
            due_s = self._due_s()
            gevent.sleep(max(0.0, due_s - time.monotonic()))
            if self._stopped:
                return
            frame, self._next = self._next, self._next + 1
            self._tick(frame, due_s)

    def _due_s(self) -> float:
        return self.started_s + self._next * self.every_s
