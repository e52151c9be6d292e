"""A look at this process's crowd: its live counts as plain values, for other processes to add up."""

import time
from collections.abc import Iterable
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.live.counts import LANES, Plain

if TYPE_CHECKING:
    from bench.load.crowd import Crowd, EndpointCounts
    from bench.load.session import Session
    from bench.load.viewer import Viewer

Live = Plain


def look(crowd: "Crowd") -> Live:
    """Take the counts of this process's crowd."""
    now_s, viewers = time.monotonic(), list(crowd.viewers)
    ages: list[list[float]] = [[] for _ in crowd.endpoints]
    for viewer in viewers:
        if viewer.shown_tick_s == viewer.shown_tick_s:  # NaN until its first picture
            ages[viewer.index].append(now_s - viewer.shown_tick_s)
    each = zip(crowd.endpoints, crowd.counts, ages, strict=True)
    return {
        "viewers": len(viewers),
        "lanes": [_lane(viewer, now_s) for viewer in nsmallest(LANES, viewers, key=lambda viewer: viewer.number)],
        "endpoints": [_endpoint(endpoint.api_name, counts, screens) for endpoint, counts, screens in each],
    }


def limits(session: "Session") -> dict[str, int | None]:
    """Tell how many streams each endpoint can have open, None where that cannot be known."""
    facts = session.facts
    known = facts.endpoints if facts else {}
    return {
        endpoint.api_name: known[endpoint.fn_index].effective_limit if endpoint.fn_index in known else None
        for endpoint in session.app.endpoints
    }


def _endpoint(api_name: str, counts: "EndpointCounts", ages_s: Iterable[float]) -> dict[str, Any]:
    return {
        "api_name": api_name,
        "fates": {fate.name.lower(): count for fate, count in counts.fates.items()},
        "waiting": counts.waiting,
        "open": counts.open,
        "errors": counts.errors,
        "latency": counts.latency.plain(),
        "wait": counts.wait.plain(),
        "staleness_s": np.fromiter(ages_s, np.float32).tobytes(),
    }


def _lane(viewer: "Viewer", now_s: float) -> tuple[int, str, str, float]:
    state, since_s = viewer.doing(now_s)
    return viewer.number, viewer.endpoint.api_name, state, now_s - since_s
