"""The figures that are compared, and how each is worked out of a ledger: the browser's and the harness's alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from bench.fidelity.case import Case
from bench.fidelity.traffic import Traffic
from bench.ledger import JOIN, Fate, Ledger, Rows
from bench.metrics import Distribution, Endpoint, summarise
from bench.metrics.distribution import Floats

Measures = Mapping[str, float | None]
"""Figure → value, None where it was not measured. Seconds, bytes or counts."""

RELATIVE, ABSOLUTE_S = 0.10, 0.010
"""The bars: 10 %, or 10 ms where that is more."""


class Unit(Enum):
    """What a figure is counted in."""

    COUNT = "frames"
    SECONDS = "s"
    MILLISECONDS = "ms"  # shown as such; kept in seconds like every time
    BYTES = "B"
    SOUND = "s of sound"


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. `queue` False leaves it out where the two sides take turns; `kind` limits it to one device."""

    name: str
    label: str
    unit: Unit
    queue: bool = True
    kind: str = ""

    def applies(self, case: Case) -> bool:
        """Whether the case has this figure."""
        return (self.queue or not case.queue) and self.kind in {"", case.kind}


FIGURES = (
    Figure("captured", "captured", Unit.COUNT),
    Figure("sent", "sent", Unit.COUNT),
    Figure("delivered", "delivered", Unit.COUNT),
    Figure("shown", "shown", Unit.COUNT, kind="camera"),
    Figure("overwritten", "overwritten", Unit.COUNT),
    Figure("skipped", "skipped", Unit.COUNT),
    Figure("rejected", "rejected", Unit.COUNT),
    Figure("cut_off", "cut off", Unit.COUNT),
    Figure("every_s", "from frame to frame, mean", Unit.MILLISECONDS),
    Figure("jitter_s", "from frame to frame, deviation", Unit.MILLISECONDS),
    Figure("bytes_sent", "bytes sent a frame", Unit.BYTES),
    Figure("bytes_received", "bytes received a result", Unit.BYTES),
    Figure("raw_p50_s", "latency from the POST, p50", Unit.MILLISECONDS, queue=False),
    Figure("raw_p95_s", "latency from the POST, p95", Unit.MILLISECONDS, queue=False),
    Figure("app_p50_s", "latency, the app's part, p50", Unit.MILLISECONDS, queue=False),
    Figure("app_p95_s", "latency, the app's part, p95", Unit.MILLISECONDS, queue=False),
    Figure("latency_p50_s", "latency from the tick, p50", Unit.MILLISECONDS, queue=False),
    Figure("latency_p95_s", "latency from the tick, p95", Unit.MILLISECONDS, queue=False),
    Figure("granted_s", "granted, mean", Unit.SECONDS),
    Figure("gap_s", "rejoin gap, mean", Unit.SECONDS),
    Figure("wait_s", "wait from join to open, mean", Unit.SECONDS),
    Figure("chunk_s", "sound in a chunk, mean", Unit.MILLISECONDS, kind="microphone"),
    Figure("chunk_jitter_s", "sound in a chunk, deviation", Unit.MILLISECONDS, kind="microphone"),
    Figure("heard_s", "sound heard", Unit.SOUND, kind="microphone"),
    Figure("lost_s", "sound accepted and lost", Unit.SOUND, kind="microphone"),
    Figure("waiting_s", "sound thrown away while waiting", Unit.SOUND, kind="microphone"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """One side's visit as it tells it: the figures, and what of them the wire can confirm over the whole visit.

    `latency_s` is, for each frame whose picture was fetched, the time from its POST until the picture was here.
    `unanswered` of the `posts` had no answer when the visit ended: they may not have reached the wire.
    """

    measures: Measures
    turns: int
    posts: int
    unanswered: int
    refused: int
    delivered: frozenset[int]
    in_flight: frozenset[int]
    latency_s: Mapping[int, float]


def tell(ledger: Ledger, case: Case, wire: Traffic) -> Told:
    """Work out the figures from the first open stream on, for the case's time; the app's part over the whole visit."""
    opened = ledger.streams["open_s"]
    cut = _cut(ledger, float(np.nanmin(opened)), case.seconds) if np.isfinite(opened).any() else ledger
    endpoint = summarise(cut).endpoints[0]
    return Told(
        measures={**_measures(cut, endpoint), **_on_wire(wire)},
        turns=int(np.isfinite(opened).sum()),
        posts=int((~np.isnan(ledger.frames["sending_s"])).sum()),
        unanswered=int((~np.isnan(ledger.frames["sending_s"]) & (ledger.frames["status"] == 0)).sum()),
        refused=int((ledger.frames["status"] >= 400).sum()),
        delivered=_of_fate(ledger, Fate.DELIVERED),
        in_flight=_of_fate(ledger, Fate.IN_FLIGHT),
        latency_s=_by_frame(ledger.frames),
    )


def _cut(ledger: Ledger, begin_s: float, seconds: float) -> Ledger:
    notes = [{"note": "started", "at_s": begin_s}, {"note": "stopping", "at_s": begin_s + seconds}]
    inside = (ledger.frames["tick_s"] >= begin_s) & (ledger.frames["tick_s"] < begin_s + seconds)
    return replace(ledger, frames=ledger.frames[inside], notes=notes, meta=_without_warmup(ledger.meta))


def _without_warmup(meta: dict[str, Any]) -> dict[str, Any]:
    return {**meta, "run": {**meta.get("run", {}), "warmup_s": 0.0}}


def _measures(cut: Ledger, endpoint: Endpoint) -> Measures:
    rows, frames = cut.frames, endpoint.frames
    gaps_s = _gaps(rows)
    sent = rows[rows["fate"] != Fate.SKIPPED]
    counts = {"delivered", "overwritten", "skipped", "rejected", "cut_off"}
    measures: dict[str, float | None] = {name: getattr(frames, name) for name in counts}
    measures |= {
        "captured": rows.size,
        "sent": sent.size,
        "shown": endpoint.shown,
        "every_s": _mean(gaps_s),
        "jitter_s": _deviation(gaps_s),
        "bytes_sent": endpoint.bytes_per_frame.sent,
        "bytes_received": endpoint.bytes_per_frame.received,
        "granted_s": _of(endpoint.rotation.granted_s, "mean"),
        "gap_s": _of(endpoint.rotation.rejoin_gap_s, "mean"),
        "wait_s": _of(endpoint.queue_wait_s, "mean"),
    }
    for quantile in ("p50", "p95"):
        measures[f"raw_{quantile}_s"] = _of(endpoint.latency_raw_s, quantile)
        measures[f"latency_{quantile}_s"] = _of(endpoint.latency_s, quantile)
    if endpoint.sound is not None:
        lengths_s = sent["sound_s"].astype(np.float64)
        measures |= {"chunk_s": _mean(lengths_s), "chunk_jitter_s": _deviation(lengths_s)}
        measures |= {"heard_s": endpoint.sound.heard_s, "lost_s": endpoint.sound.lost_s}
        measures["waiting_s"] = endpoint.sound.lost_waiting_s
    return measures


def _of_fate(ledger: Ledger, fate: Fate) -> frozenset[int]:
    return frozenset(ledger.frames["frame"][ledger.frames["fate"] == fate].tolist())


def _by_frame(rows: Rows) -> Mapping[int, float]:
    rows = rows[(rows["fate"] == Fate.DELIVERED) & ~np.isnan(rows["shown_s"])]
    return dict(zip(rows["frame"].tolist(), (rows["shown_s"] - rows["sending_s"]).tolist(), strict=True))


def _on_wire(wire: Traffic) -> Measures:
    latency = Distribution.of(np.array([way.app_s for way in wire.ways], np.float64))
    return {"app_p50_s": _of(latency, "p50"), "app_p95_s": _of(latency, "p95")}


def _gaps(rows: Rows) -> Floats:
    """Seconds between one POST and the next of the same stream, the join's own left out."""
    sent = rows[(rows["fate"] != Fate.SKIPPED) & (rows["flags"] & JOIN == 0)]
    sent = sent[np.argsort(sent["frame"])]
    gaps_s: Floats = np.diff(sent["sending_s"])[sent["stream"][1:] == sent["stream"][:-1]]
    return gaps_s


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def _deviation(values: Floats) -> float | None:
    return float(values.std()) if values.size > 1 else None


def _of(distribution: Distribution | None, field: str) -> float | None:
    return None if distribution is None else float(getattr(distribution, field))
