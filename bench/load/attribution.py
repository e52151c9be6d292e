"""Reads marks out of results off the hot path: after the timestamps are taken, in one native thread, in batches."""

from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.queue import Queue
from gevent.threadpool import ThreadPool

T = TypeVar("T")

GATHER_S = 0.2
"""Results are gathered this long and then read together: crossing to the thread costs as much as a reading."""

Task = tuple[Callable[[], Any], Callable[[Any], Any]]


class Attributor:
    """A queue of readings to be made: each picture or sound that came, and who is to be told what it says."""

    def __init__(self) -> None:
        self._queue: Queue[Task] = Queue()
        self._pool = ThreadPool(1)
        self._busy = False
        self._greenlet = gevent.spawn(self._work)

    def read(self, reading: Callable[[], T], then: Callable[[T], Any]) -> None:
        """Queue a reading, made in the thread; `then` is called with what it returned, from the event loop."""
        self._queue.put((reading, then))

    @property
    def backlog(self) -> int:
        """How many results wait to be read, the batch under way not counted."""
        return int(self._queue.qsize())

    @property
    def idle(self) -> bool:
        """Whether every result queued so far has been read and told."""
        return not self._busy and self._queue.empty()

    def close(self) -> None:
        """Stop; what is still queued is not read."""
        self._greenlet.kill()
        self._pool.kill()

    def _work(self) -> None:
        while True:
            batch = [self._queue.get()]
            self._busy = True
            gevent.sleep(GATHER_S)
            while not self._queue.empty():
                batch.append(self._queue.get())
            answers = self._pool.apply(_read_all, (batch,))
            for (_, then), answer in zip(batch, answers, strict=True):
                then(answer)
            self._busy = False


def _read_all(batch: list[Task]) -> list[Any]:
    return [reading() for reading, _ in batch]
