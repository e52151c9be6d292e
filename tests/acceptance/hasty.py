"""A locustfile: the crowd of scenarios/crowd.py, in a hurry."""

from locust import between

from scenarios.crowd import Visitor


class Hasty(Visitor):
    """Comes and goes ten times as fast."""

    wait_time = between(0.4, 1.2)
