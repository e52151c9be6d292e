"""Having workers find the app and make their cameras before a run begins: once Locust has started it, its time runs."""

import logging
import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore

from bench.errors import BenchError
from bench.load.notices import notice
from bench.load.session import Session

PREPARE = "gradio-bench-prepare"
"""Master to worker: the address of the app, to get ready for it now."""
PREPARED = "gradio-bench-prepared"
"""Worker to master: it is ready, or cannot be, which the run will tell."""

_CONNECT_S = 10.0
_PATIENCE_S = 120.0
_ASK_EVERY_S = 0.2

_logger = logging.getLogger("gradio-bench")


def prepare_workers(runner: Any, session: Session, expected: int) -> None:
    """Wait until every worker knows the app and has made its cameras and microphones.

    One that connects later, or was started with other options, does so as the run begins. Where files are to be
    played, which takes a while, `expected` workers are waited for until they connect.
    """
    media = session.options.media
    if media.video is not None or media.audio is not None:
        _until(lambda: len(runner.clients) >= expected, _CONNECT_S)
    done: set[str] = set()
    runner.register_message(PREPARED, lambda environment, msg: done.add(msg.node_id))  # noqa: ARG005 - Locust's names

    def all_done() -> bool:
        """Ask again whoever has not answered: a worker that is just starting may not have listened yet."""
        missing = [client.id for client in runner.clients.ready if client.id not in done]
        for client_id in missing:
            runner.send_message(PREPARE, session.app.url, client_id=client_id)
        return not missing

    if not _until(all_done, _PATIENCE_S):
        notice(f"Some workers still read their files after {_PATIENCE_S:.0f} s, and join late.")


def answer_prepare(runner: Any, session: Session) -> None:
    """Have this worker make what the master asks for when it asks."""
    making = BoundedSemaphore()

    def make(environment: Any, msg: Any) -> None:  # noqa: ARG001 - Locust's names
        if not making.acquire(blocking=False):
            return  # the master asks again and again
        try:
            session.open(msg.data)
            session.prepare()
        except BenchError as error:  # the run will meet it again, and end with it
            _logger.error("%s", error)
        finally:
            making.release()
        runner.send_message(PREPARED, None)

    runner.register_message(PREPARE, make, concurrent=True)


def _until(condition: Callable[[], bool], most_s: float) -> bool:
    deadline_s = time.monotonic() + most_s
    while not condition():
        if time.monotonic() >= deadline_s:
            return False
        gevent.sleep(_ASK_EVERY_S)
    return True
