"""The counts of a run at an instant: sent between processes as plain values, and added up over all of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.ledger import Fate
from bench.live.histogram import Histogram, merged

Plain = dict[str, Any]
"""What one process tells: `viewers`, `lanes`, and for each endpoint `api_name`, `fates`, `waiting`, `open`, `latency`
and `wait` (histograms), `staleness_s` (float32 bytes, one for each viewer's screen) and `errors`."""

LANES = 50
"""Viewers whose doings are followed one by one: those with the lowest numbers."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What a viewer is doing: "open", "waiting", "frozen" or "rejoining", and for how many seconds it has."""

    viewer: int
    api_name: str
    state: str
    age_s: float


@dataclass(frozen=True, slots=True)
class EndpointNow:
    """One endpoint's counts since the run began. `staleness_s` is of this instant, `limit` its slots where known."""

    api_name: str
    fates: Counter[str]
    waiting: int
    open: int
    errors: int
    limit: int | None
    latency: Histogram
    wait: Histogram
    staleness_s: tuple[float, ...]

    @property
    def captured(self) -> int:
        """Frames whose fate is known, or that were never sent."""
        return self.fates.total()

    @property
    def typical_s(self) -> float | None:
        """Age of the picture on the median viewer's screen; None where nobody has one."""
        return self.staleness_s[len(self.staleness_s) // 2] if self.staleness_s else None

    @property
    def worst_s(self) -> float | None:
        """Age of the oldest picture on a viewer's screen; None where nobody has one."""
        return self.staleness_s[-1] if self.staleness_s else None


@dataclass(frozen=True, slots=True)
class Now:
    """The counts of all processes."""

    viewers: int = 0
    endpoints: tuple[EndpointNow, ...] = ()
    lanes: tuple[Lane, ...] = field(default=())


def silent(plain: Plain) -> Plain:
    """What remains of the counts of a process that was lost: its frames, but nobody any more."""
    endpoints = [{**one, "waiting": 0, "open": 0, "staleness_s": b""} for one in plain["endpoints"]]
    return {"viewers": 0, "lanes": [], "endpoints": endpoints}


def add_up(all_processes: Iterable[Plain], limits: Mapping[str, int | None] | None = None) -> Now:
    """Add up the counts of several processes, endpoint by endpoint; `limits` are slots by api_name."""
    every = list(all_processes)
    by_name: dict[str, list[Plain]] = {}
    for plain in every:
        for one in plain["endpoints"]:
            by_name.setdefault(one["api_name"], []).append(one)
    lanes = sorted(lane for plain in every for lane in map(tuple, plain["lanes"]))[:LANES]
    return Now(
        viewers=sum(plain["viewers"] for plain in every),
        endpoints=tuple(_sum(name, parts, (limits or {}).get(name)) for name, parts in by_name.items()),
        lanes=tuple(Lane(*lane) for lane in lanes),
    )


def _sum(api_name: str, parts: list[Plain], limit: int | None) -> EndpointNow:
    fates: Counter[str] = Counter()
    for part in parts:
        fates.update(part["fates"])
    ages = np.frombuffer(b"".join(part["staleness_s"] for part in parts), np.float32)
    return EndpointNow(
        api_name=api_name,
        fates=Counter({fate.name.lower(): fates[fate.name.lower()] for fate in Fate if fates[fate.name.lower()]}),
        waiting=sum(part["waiting"] for part in parts),
        open=sum(part["open"] for part in parts),
        errors=sum(part["errors"] for part in parts),
        limit=limit,
        latency=merged(part["latency"] for part in parts),
        wait=merged(part["wait"] for part in parts),
        staleness_s=tuple(np.sort(ages).tolist()),
    )
