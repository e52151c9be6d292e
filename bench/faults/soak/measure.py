"""A steady load for as long as is asked for, and how far anything has moved meanwhile."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from bench.faults.processes import PROGRAM, load_of
from bench.ledger import Fate, Ledger

SETTLED = 0.25
"""The share of a soak in which caches fill and the allocator finds its size: it is left out."""
EVERY_S = 2.0
LEAST_SAMPLES = 10

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drift:
    """How far something moved in the time that was looked at, along the median of all slopes (Theil and Sen).

    `most` is the bar, in the same unit; None where growth is the app's own, which is told and no error of ours.
    """

    name: str
    unit: str
    middle: float
    per_hour: float
    moved: float
    most: float | None

    @property
    def holds(self) -> bool:
        """Whether it stayed below its bar."""
        return self.most is None or self.moved <= self.most


def drift(name: str, unit: str, at_s: Values, values: Values, *, share: float | None = None, least: float = 0) -> Drift:
    """Work it out; the bar is `share` of the median, but `least` at least. Only growth is held against it."""
    late = at_s >= at_s[0] + SETTLED * (at_s[-1] - at_s[0])
    at_s, values = at_s[late], values[late]
    first, second = np.triu_indices(len(at_s), 1)
    slope = float(np.median((values[second] - values[first]) / (at_s[second] - at_s[first])))
    middle = float(np.median(values))
    most = None if share is None else max(share * middle, least)
    return Drift(name, unit, middle, slope * 3600, slope * float(at_s[-1] - at_s[0]), most)


def soak(minutes: float, viewers: int, out: Path) -> tuple[int, list[Drift]]:
    """Load the reference app for `minutes`; returns the run's exit code and what moved, the app's own parts last."""
    arguments = ["run", "--endpoint", "simple", "--viewers", str(viewers), "--stream-every", "0.2"]
    arguments += ["--concurrency-limit", "8", "--time-limit", "20"]
    arguments += ["--duration", f"{minutes * 60:g}s", "--warmup", "2s", "--out", str(out)]
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    looks = list(_watch(process))
    return process.wait(), [*_of_the_generator(np.array(looks)), *_of_the_ledger(Ledger.read(out / "ledger"))]


def _watch(process: "subprocess.Popen[bytes]") -> Iterator[tuple[float, float, float, float]]:
    """Look at the process that makes the load for as long as it is there: memory, files, threads."""
    command = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            load = load_of(command)
            if load is not None and load.cpu_times().user > 1:
                yield time.monotonic(), load.memory_info().rss, load.num_fds(), load.num_threads()
        except psutil.Error:
            pass
        time.sleep(EVERY_S)


def _of_the_generator(looks: Values) -> Iterator[Drift]:
    looks = looks[:-2]  # the last ones are of a process that ends
    if len(looks) < LEAST_SAMPLES:
        return
    yield drift("memory", "MB", looks[:, 0], looks[:, 1] / 1e6, share=0.05)
    yield drift("file descriptors", "", looks[:, 0], looks[:, 2], share=0.0, least=2)
    yield drift("threads", "", looks[:, 0], looks[:, 3], share=0.0, least=1)


def _of_the_ledger(ledger: Ledger) -> Iterator[Drift]:
    own = [note for note in ledger.notes if note["note"] == "generator"]
    at_s = np.array([note["at_s"] for note in own])
    yield drift(
        "waiting greenlets", "", at_s[2:-8], np.array([note["watchers"] for note in own], float)[2:-8], share=0.1
    )
    frames = ledger.frames[ledger.frames["fate"] == Fate.DELIVERED]
    came, latency_ms = frames["result_s"], (frames["result_s"] - frames["tick_s"]) * 1000
    slots = np.linspace(came.min(), came.max(), max(LEAST_SAMPLES, min(200, len(came) // 50)) + 1)
    inside = [(came >= begin) & (came < end) for begin, end in pairwise(slots)]
    medians = np.array([np.median(latency_ms[one]) for one in inside if one.any()])
    middles = np.array([begin for begin, one in zip(slots, inside, strict=False) if one.any()])
    yield drift("latency (median)", "ms", middles, medians, share=0.1, least=2)
    app = [note for note in ledger.notes if note["note"] == "app"]
    for name, unit, key, scale in (
        ("the app's memory", "MB", "rss_bytes", 1e6),
        ("the app's threads", "", "threads", 1),
        ("the app's disk", "MB", "disk_bytes", 1e6),
    ):
        known = [(note["at_s"], note[key] / scale) for note in app if note.get(key) is not None]
        if len(known) >= LEAST_SAMPLES:
            values = np.array(known)
            yield drift(name, unit, values[:, 0], values[:, 1])
