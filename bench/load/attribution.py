"""Reads marks out of results off the hot path: after the timestamps are taken, in one native thread, in batches."""

from collections.abc import Callable
from typing import Any

import gevent
from gevent.queue import Queue
from gevent.threadpool import ThreadPool

from bench.media.mark import Identity, MarkLayout
from bench.media.reading import read_mark

GATHER_S = 0.2
"""Pictures are gathered this long and then read together: crossing to the thread costs as much as a reading."""

Task = tuple[bytes, MarkLayout, Callable[[Identity | None], Any]]


class Attributor:
    """A queue of pictures whose marks are to be read; each task's callback is told the identity, or None."""

    def __init__(self) -> None:
        self._queue: Queue[Task] = Queue()
        self._pool = ThreadPool(1)
        self._busy = False
        self._greenlet = gevent.spawn(self._work)

    def read(self, picture: bytes, layout: MarkLayout, then: Callable[[Identity | None], Any]) -> None:
        """Queue a picture; `then` is called from the event loop."""
        self._queue.put((picture, layout, then))

    @property
    def backlog(self) -> int:
        """How many pictures wait to be read, the batch under way not counted."""
        return int(self._queue.qsize())

    @property
    def idle(self) -> bool:
        """Whether every picture queued so far has been read and told."""
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
            identities = self._pool.apply(_read_all, (batch,))
            for (_, _, then), identity in zip(batch, identities, strict=True):
                then(identity)
            self._busy = False


def _read_all(batch: list[Task]) -> list[Identity | None]:
    return [read_mark(picture, layout) for picture, layout, _ in batch]
