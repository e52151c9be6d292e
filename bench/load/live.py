"""The live counts of a run as plain values: taken from a crowd, sent between processes, and added up."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.ledger import Fate

if TYPE_CHECKING:
    from bench.load.crowd import Crowd, EndpointCounts

Live = dict[str, Any]
"""`viewers`, and for each endpoint its `api_name`, `fates`, `waiting`, `open` and `latency_s` (float32 bytes)."""


def look(crowd: "Crowd") -> Live:
    """Take the counts of this process's crowd."""
    both = zip(crowd.endpoints, crowd.counts, strict=True)
    return {
        "viewers": len(crowd.viewers),
        "endpoints": [_endpoint(endpoint.api_name, counts) for endpoint, counts in both],
    }


def fallen_silent(live: Live) -> Live:
    """What remains of the counts of a process that was lost: its frames, but nobody any more."""
    return {
        "viewers": 0,
        "endpoints": [{**one, "waiting": 0, "open": 0, "latency_s": b""} for one in live["endpoints"]],
    }


def add_up(all_processes: Iterable[Live]) -> Live:
    """Add up the counts of several processes, endpoint by endpoint, into one line of progress.

    Latencies turn into their quantiles: `latency_p50_s` and `latency_p95_s`, None while there are none.
    """
    every = list(all_processes)
    by_name: dict[str, list[dict[str, Any]]] = {}
    for live in every:
        for one in live["endpoints"]:
            by_name.setdefault(one["api_name"], []).append(one)
    return {
        "viewers": sum(live["viewers"] for live in every),
        "endpoints": [_sum(name, parts) for name, parts in by_name.items()],
    }


def _endpoint(api_name: str, counts: "EndpointCounts") -> dict[str, Any]:
    return {
        "api_name": api_name,
        "fates": {fate.name.lower(): count for fate, count in counts.fates.items()},
        "waiting": counts.waiting,
        "open": counts.open,
        "latency_s": np.fromiter(counts.recent_latency_s, np.float32).tobytes(),
    }


def _sum(api_name: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    fates: Counter[str] = Counter()
    for part in parts:
        fates.update(part["fates"])
    recent = np.frombuffer(b"".join(part["latency_s"] for part in parts), np.float32)
    return {
        "api_name": api_name,
        "fates": {fate.name.lower(): fates[fate.name.lower()] for fate in Fate if fates[fate.name.lower()]},
        "waiting": sum(part["waiting"] for part in parts),
        "open": sum(part["open"] for part in parts),
        "latency_p50_s": float(np.median(recent)) if recent.size else None,
        "latency_p95_s": float(np.quantile(recent, 0.95)) if recent.size else None,
    }
