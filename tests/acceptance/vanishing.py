"""A locustfile: on each of three pages one viewer vanishes, each in another way, and one waits for the slot."""

import gevent
from locust import constant, task
from locust.exception import StopUser

from bench.load.users import StreamUser

BEFORE_S, AFTER_S = 0.7, 1.5
"""The one who waits comes that long after the other, who vanishes that long after having come."""


class Vanishing(StreamUser):
    """Comes, and is gone without a word."""

    abstract = True
    fixed_count = 1
    wait_time = constant(AFTER_S)
    heartbeat, silently = True, False

    def on_start(self) -> None:
        """Come in the task."""

    @task
    def vanish_for_good(self) -> None:
        """Be gone, and nobody comes instead."""
        self.visit(heartbeat=self.heartbeat)
        self.vanish(silently=self.silently)
        raise StopUser


class Crashing(Vanishing):
    """A tab that dies."""

    api_name = "simple"


class CrashingWithoutHeartbeat(Vanishing):
    """A client without heartbeat that dies."""

    api_name = "filters"
    heartbeat = False


class FallingAsleep(Vanishing):
    """A laptop that is shut."""

    api_name = "objects"
    silently = True


class Waiting(StreamUser):
    """Comes later, and wants the slot."""

    abstract = True
    fixed_count = 1

    def on_start(self) -> None:
        """Come when the slot is taken."""
        gevent.sleep(BEFORE_S)
        super().on_start()


class WaitingForSimple(Waiting):
    """Waits on the page where a tab dies."""

    api_name = "simple"


class WaitingForFilters(Waiting):
    """Waits on the page where a client without heartbeat dies."""

    api_name = "filters"


class WaitingForObjects(Waiting):
    """Waits on the page where a laptop is shut."""

    api_name = "objects"
