"""A locustfile: one viewer streams and one waits, and nothing runs any more just before the end."""

import os
from typing import Any

from gevent.monkey import get_original
from locust import events


def _stall(**_kwargs: Any) -> None:
    """Hold the process up: added first, it is called before the harness notes that the run is over."""
    get_original("time", "sleep")(float(os.environ["STALL_S"]))


events.test_stopping.add_listener(_stall)  # type: ignore[no-untyped-call]  # Locust's

from bench.load.users import StreamUser  # noqa: E402 - which adds the harness's own


class Viewer(StreamUser):
    """Stays until the end."""

    api_name = "simple"
