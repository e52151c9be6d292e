"""Synthetic ledgers: rows written by name, in seconds from the run's start, through the real writer and reader."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.ledger import CERTAIN, DTYPES, FRAME, JOIN, SHOWN, STREAM, Fate, Kind, Ledger, LedgerWriter, Outcome, pack

NAN = math.nan
ORIGIN_S = 1000.0  # the monotonic clock at the run's start
_WAYS = {"sending_s": 0.001, "sent_s": 0.002, "accepted_s": 0.010, "result_s": 0.040, "shown_s": 0.050}
"""How long after its tick a frame reaches each stage, unless a test says otherwise."""


def endpoint(api_name: str = "simple", /, **changes: Any) -> dict[str, Any]:
    """One entry of the meta's endpoints: a camera of 10 fps whose pictures come back, changed where a test says so."""
    settings = {"stream_every_s": 0.1, "time_limit_s": 15.0, "concurrency_limit": 30, "effective_limit": 30}
    settings |= {name: changes.pop(name) for name in tuple(settings) if name in changes}
    described = {"api_name": api_name, "kind": "camera", "attribution": "exact", "result": "image"}
    return {**described, **changes, "settings": settings}


def meta(*endpoints: dict[str, Any], **run: Any) -> dict[str, Any]:
    """Describe a run as the load side does."""
    described = {
        "started_at": "2026-03-01T12:00:00+00:00",
        "duration_s": 30.0,
        "warmup_s": 0.0,
        "viewers": 1,
        "seed": 1,
        "command": "gradio-bench run --demo",
        "host": {"cpus": 2},
    }
    return {
        "run": described | run,
        "app": {
            "url": "http://127.0.0.1:7860",
            "gradio_version": "6.31.0",
            "gradio_client_version": "2.7.2",
            "ssr": False,
            "max_threads": 40,
        },
        "generator": {"processes": 1},
        "endpoints": list(endpoints),
    }


@dataclass
class LedgerBuilder:
    """Collects rows by name and writes them as one process's ledger file in `folder`."""

    folder: Path
    meta: dict[str, Any] = field(default_factory=lambda: meta(endpoint()))
    process: str = "w0"
    machine: str | None = None  # another one than this, where a test says so

    def __post_init__(self) -> None:
        elsewhere = {"machine": self.machine} if self.machine else {}
        self.writer = LedgerWriter(self.folder, self.process, {**self.meta, **elsewhere})

    def note(self, what: str, at_s: float, /, **more: Any) -> None:
        """Add a note."""
        self.writer.note({"note": what, "at_s": ORIGIN_S + at_s, **more})

    def span(self, started_s: float, stopping_s: float) -> None:
        """Note when the run began and when its viewers were told to stop."""
        self.note("started", started_s)
        self.note("stopping", stopping_s)

    def viewer(self, viewer: int, started_s: float, stopped_s: float = NAN, endpoint: int = 0) -> None:
        """Add a viewer's row."""
        self.writer.viewer((endpoint, viewer, ORIGIN_S + started_s, ORIGIN_S + stopped_s))

    def stream(self, viewer: int, stream: int, joined_s: float, open_s: float, ended_s: float, **more: Any) -> None:
        """Add a stream's row: completed, unless `outcome` says otherwise."""
        row = {"outcome": Outcome.COMPLETED, "eta_s": NAN, "rank": -1, "queue_size": -1, "event_id": b"", **more}
        row |= {"viewer": viewer, "stream": stream}
        row |= {"joined_s": ORIGIN_S + joined_s, "open_s": ORIGIN_S + open_s, "ended_s": ORIGIN_S + ended_s}
        self.writer.stream(tuple(row.get(name, 0) for name in STREAM.names or ()))

    def frame(self, viewer: int, frame: int, tick_s: float, fate: Fate = Fate.DELIVERED, /, **more: Any) -> None:
        """Add a frame's row: one that took the usual times as far as its fate goes, unless `more` says otherwise.

        `shown=False` makes a delivered frame one that was never shown, `join=True` one that rode in a join.
        """
        shown = more.pop("shown", fate is Fate.DELIVERED)
        flags = CERTAIN | (SHOWN if shown else 0) | (JOIN if more.pop("join", False) else 0)
        times = {name: tick_s + way if name in _reached(fate, shown) else NAN for name, way in _WAYS.items()}
        times |= {name: more.pop(name) for name in _WAYS if name in more}
        row = {
            "stream": -1 if fate is Fate.SKIPPED else 0,
            "earliest": frame,
            "latest": frame,
            "bytes_sent": 0 if fate is Fate.SKIPPED else 160_000,
            "bytes_received": 30_000 if fate is Fate.DELIVERED else 0,
            **more,
            **{name: ORIGIN_S + time for name, time in times.items()},
            "viewer": viewer,
            "frame": frame,
            "fate": fate,
            "flags": flags,
            "tick_s": ORIGIN_S + tick_s,
        }
        self.writer.frame(tuple(row.get(name, 0) for name in FRAME.names or ()))

    def join_frame(self, viewer: int, frame: int, tick_s: float, *, stream: int, open_s: float) -> None:
        """Add a join's own frame: it waits with the join, to the run's end where that never opens."""
        if math.isnan(open_s):
            self.frame(viewer, frame, tick_s, Fate.IN_FLIGHT, stream=stream, join=True)
        else:
            result_s, shown_s = open_s + 0.04, open_s + 0.05
            self.frame(viewer, frame, tick_s, stream=stream, join=True, result_s=result_s, shown_s=shown_s)

    def ledger(self) -> Ledger:
        """Write everything and read the folder back."""
        self.writer.close()
        return Ledger.read(self.folder)


def _reached(fate: Fate, shown: bool) -> tuple[str, ...]:
    """Name the instants that a frame of this fate has."""
    stages = tuple(_WAYS)
    if fate in (Fate.DELIVERED, Fate.UNATTRIBUTED):
        return stages if shown else stages[:4]
    return () if fate is Fate.SKIPPED else stages[:3]


def steady(folder: Path, *, viewers: int = 2, seconds: float = 10.0, **run: Any) -> LedgerBuilder:
    """Build a run in which every frame of every viewer is delivered and shown 50 ms after its tick, in one stream."""
    builder = LedgerBuilder(folder, meta(endpoint(), viewers=viewers, **run))
    builder.span(0.0, seconds)
    ticks = round(seconds * 10)
    for viewer in range(viewers):
        builder.viewer(viewer, 0.0, seconds)
        builder.stream(viewer, 0, 0.002, 0.02, seconds, outcome=Outcome.CLOSED, results=ticks)
        for frame in range(ticks):
            builder.frame(viewer, frame, frame / 10, join=frame == 0)
    return builder


@dataclass
class Turns:
    """A run of `viewers` that take turns on `slots`: first come, first served, everyone granted the same time.

    Frames sent while a stream is open are delivered, the others skipped. It stands in for a server, so that what
    the analysis makes of a rotation can be checked against times that are known.
    """

    viewers: int = 6
    slots: int = 2
    granted_s: float = 4.19
    time_limit_s: float = 4.0
    stream_every_s: float = 0.2
    seconds: float = 60.0
    warmup_s: float = 0.0

    def write(self, folder: Path) -> LedgerBuilder:
        """Play the run and write its rows."""
        described = endpoint(
            stream_every_s=self.stream_every_s,
            time_limit_s=self.time_limit_s,
            concurrency_limit=self.slots,
            effective_limit=self.slots,
        )
        run = {"viewers": self.viewers, "warmup_s": self.warmup_s, "duration_s": self.seconds - self.warmup_s}
        builder = LedgerBuilder(folder, meta(described, **run))
        builder.span(0.0, self.seconds)
        for viewer, streams in enumerate(self._play()):
            builder.viewer(viewer, self._start(viewer), self.seconds)
            for stream, (joined_s, open_s, ended_s) in enumerate(streams):
                outcome = Outcome.UNFINISHED if math.isnan(ended_s) else Outcome.COMPLETED
                builder.stream(viewer, stream, joined_s, open_s, ended_s, outcome=outcome, eta_s=7.5)
            self._film(builder, viewer, streams)
        return builder

    def _start(self, viewer: int) -> float:
        return viewer * 0.013

    def _play(self) -> list[list[tuple[float, float, float]]]:
        """Give joined, open and ended of each viewer's streams, in seconds; NaN where the run ended first."""
        streams: list[list[tuple[float, float, float]]] = [[] for _ in range(self.viewers)]
        free = [0.0] * self.slots
        queue = sorted((self._start(viewer), viewer) for viewer in range(self.viewers))
        while queue:
            joined_s, viewer = queue.pop(0)
            slot = min(range(self.slots), key=free.__getitem__)
            open_s = max(joined_s, free[slot])
            if open_s >= self.seconds:
                streams[viewer].append((joined_s, NAN, NAN))
                continue
            free[slot] = ended_s = open_s + self.granted_s
            streams[viewer].append((joined_s, open_s, ended_s if ended_s < self.seconds else NAN))
            again_s = self._next_tick(viewer, ended_s)
            if again_s < self.seconds:
                queue = sorted([*queue, (again_s, viewer)])
        return streams

    def _next_tick(self, viewer: int, after_s: float) -> float:
        start_s = self._start(viewer)
        return start_s + math.ceil((after_s - start_s) / self.stream_every_s + 1e-9) * self.stream_every_s

    def _film(self, builder: LedgerBuilder, viewer: int, streams: list[tuple[float, float, float]]) -> None:
        spans = [(open_s, self.seconds if math.isnan(ended_s) else ended_s) for _, open_s, ended_s in streams]
        frame, tick_s = 0, self._start(viewer)
        while tick_s < self.seconds:
            joined = next((n for n, (joined_s, _, _) in enumerate(streams) if abs(joined_s - tick_s) < 1e-6), -1)
            stream = next((n for n, (begin, end) in enumerate(spans) if begin <= tick_s < end), -1)
            if joined >= 0:
                builder.join_frame(viewer, frame, tick_s, stream=joined, open_s=spans[joined][0])
            else:
                fate = Fate.SKIPPED if stream < 0 else Fate.DELIVERED
                builder.frame(viewer, frame, tick_s, fate, stream=stream)
            frame += 1
            tick_s = self._start(viewer) + frame * self.stream_every_s


def bulk(folder: Path, frames: int, viewers: int = 200) -> None:
    """Write a ledger of about `frames` delivered frames quickly: for measuring how summaries scale."""
    builder = LedgerBuilder(folder, meta(endpoint(), viewers=viewers))
    per_viewer, random = frames // viewers, np.random.default_rng(1)
    seconds = per_viewer / 10
    builder.span(0.0, seconds)
    for viewer in range(viewers):
        builder.viewer(viewer, 0.0, seconds)
        for stream in range(int(seconds // 15)):
            builder.stream(viewer, stream, stream * 15, stream * 15 + 0.02, stream * 15 + 14.9, results=150)
    builder.writer.close()
    with builder.writer.path.open("ab") as file:
        for second in range(0, per_viewer, 10):
            rows = np.zeros((10, viewers), FRAME)
            rows["viewer"] = np.arange(viewers)
            rows["frame"] = rows["earliest"] = rows["latest"] = np.arange(second, second + 10)[:, None]
            rows["stream"] = rows["frame"] // 150
            rows["flags"], rows["bytes_sent"], rows["bytes_received"] = CERTAIN | SHOWN, 160_000, 30_000
            rows["tick_s"] = ORIGIN_S + rows["frame"] / 10
            for name, way in _WAYS.items():
                rows[name] = rows["tick_s"] + way * random.uniform(0.8, 1.5)
            rows["shown_s"] += random.exponential(0.02, rows.shape)
            file.write(pack(Kind.FRAMES, rows.astype(DTYPES[Kind.FRAMES]).tobytes()))
