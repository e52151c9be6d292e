"""Reads marks out of results off the hot path: after the timestamps are taken, in one native thread, in batches."""

from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.event import Event
from gevent.queue import Queue
from gevent.threadpool import ThreadPool

T = TypeVar("T")

GATHER_S = 0.2
"""Results are gathered this long and then read together: crossing to the thread costs as much as a reading."""

MOST_AT_ONCE = 256
"""Results read in one crossing: what is beyond waits, and can be told of."""

TOLD_AT_ONCE = 16
"""Readings told before whoever else is due gets a turn: a frame must not be sent late because many were read."""

Task = tuple[Callable[[], Any], Callable[[Any], Any]]


class Attributor:
    """A queue of readings to be made: each picture or sound that came, and who is to be told what it says."""

    def __init__(self) -> None:
        self._queue: Queue[Task] = Queue()
        self._pool = ThreadPool(1)
        self._greenlet = gevent.spawn(self._work)

    def read(self, reading: Callable[[], T], then: Callable[[T], Any]) -> None:
        """Queue a reading, made in the thread; `then` is called with what it returned, from the event loop."""
        self._queue.put((reading, then))

    @property
    def backlog(self) -> int:
        """How many results wait to be read, the batch under way not counted."""
        return int(self._queue.qsize())

    def catch_up(self) -> None:
        """Wait until every result queued by now has been read and told, however long that takes."""
        told = Event()
        self.read(lambda: None, lambda _: told.set())
        while not told.wait(1.0) and not self._greenlet.dead:
            pass

    def close(self) -> None:
        """Stop; what is still queued is not read."""
        self._greenlet.kill()
        self._pool.kill()

    def _work(self) -> None:
        while True:
            batch = [self._queue.get()]
            if self._queue.qsize() < MOST_AT_ONCE:
                gevent.sleep(GATHER_S)
            while not self._queue.empty() and len(batch) < MOST_AT_ONCE:
                batch.append(self._queue.get())
            answers = self._pool.apply(_read_all, (batch,))
            for number, ((_, then), answer) in enumerate(zip(batch, answers, strict=True), 1):
                then(answer)
                if number % TOLD_AT_ONCE == 0:
                    gevent.sleep(0)


def _read_all(batch: list[Task]) -> list[Any]:
    return [reading() for reading, _ in batch]
