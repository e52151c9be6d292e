"""A viewer who vanishes without a word: how long its slot stays taken, by what the server can notice."""

import json
import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from bench.load.target import Overrides, Target, parse_target
from tests.load.turns import PIXEL

LIMIT_S = 4.0


@pytest.fixture(name="url", scope="module")
def _url() -> Iterator[str]:
    """The reference app with one slot."""
    with Target(parse_target(None), everywhere=Overrides(time_limit_s=LIMIT_S, concurrency_limit=1)) as target:
        yield f"{target.url}/gradio_api"


class Tab:
    """One viewer's connections, opened one by one so that a test can leave some out."""

    def __init__(self, url: str, name: str) -> None:
        self._open = ExitStack()
        self._client = self._open.enter_context(httpx.Client(base_url=url, timeout=30))
        self._name = name

    def heartbeat(self) -> None:
        """Hold the heartbeat open."""
        self._open.enter_context(self._client.stream("GET", f"/heartbeat/{self._name}"))

    def turn(self, fn_index: int) -> float:
        """Join, wait for the turn and the join frame's result; gives the instant at which the turn began.

        A connection that breaks before that result ends the stream with it, and so frees the slot.
        """
        data = [{"url": PIXEL}]
        body: dict[str, Any] = {"data": data, "fn_index": fn_index, "session_hash": self._name}
        self._client.post("/queue/join", json=body).raise_for_status()
        parameters = {"session_hash": self._name}
        events = self._open.enter_context(self._client.stream("GET", "/queue/data", params=parameters))
        opened_s = math.nan
        for line in events.iter_lines():
            message = json.loads(line.removeprefix("data:") or "{}").get("msg")
            if message == "process_starts":
                opened_s = time.monotonic()
            if message == "process_streaming":
                return opened_s
        raise AssertionError("the stream closed before it began")

    def vanish(self) -> None:
        """Close every connection, telling nobody, as a closed lid does."""
        self._open.close()


def _held_s(url: str, *, heartbeat: bool) -> float:
    """Let one viewer vanish in its turn, and tell for how long after that the next one waits."""
    fn_index = next(
        one["id"]
        for one in httpx.get(url.replace("/gradio_api", "/config")).json()["dependencies"]
        if one["api_name"] == "simple"
    )
    first, second = Tab(url, f"first-{heartbeat}"), Tab(url, f"second-{heartbeat}")
    if heartbeat:
        first.heartbeat()
    first.turn(fn_index)
    first.vanish()
    gone_s = time.monotonic()
    second.heartbeat()
    opened_s = second.turn(fn_index)
    second.vanish()
    return opened_s - gone_s


def test_a_lost_heartbeat_frees_the_slot_at_once(url: str) -> None:
    """A closed tab takes its heartbeat with it: the next viewer does not wait for the time limit."""
    assert _held_s(url, heartbeat=True) < LIMIT_S / 2


def test_without_a_heartbeat_the_slot_stays_taken_until_the_limit(url: str) -> None:
    """A client that never had a heartbeat is missed by nobody: its slot is free only when the time limit cuts it."""
    assert _held_s(url, heartbeat=False) > 0.8 * LIMIT_S
