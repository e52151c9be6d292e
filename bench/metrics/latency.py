"""Latency: from a frame's tick to its result on the viewer's screen, and the parts of the way."""

from dataclasses import dataclass

import numpy as np

from bench.ledger import Fate
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.endpoint import Parts
from bench.metrics.rows import EndpointRows, Index


@dataclass(frozen=True, slots=True)
class Latency:
    """The distributions of one endpoint's latency; None stands for what does not apply."""

    corrected: Distribution | None
    lower: Distribution | None
    raw: Distribution | None
    parts: Parts


def latencies(rows: EndpointRows) -> Latency:
    """Over the window's delivered frames whose result was seen, join frames left out.

    corrected: tick → seen; raw: sending begun → seen, without the generator's own lag. A result without a file is seen
    when its message is here. Where attribution is bounded, every figure counts from the earliest frame the result can
    belong to (an upper bound), and `lower` from the latest one.
    """
    frames = rows.frames
    index = rows.seen(rows.index)
    index = index[(frames["fate"][index] == Fate.DELIVERED) & ~rows.joins(index)]
    seen_s = rows.seen_s(index)
    source = rows.source(index, "earliest")
    tick_s, sent_s = frames["tick_s"][source], frames["sent_s"][source]
    result_s = frames["result_s"][index]
    return Latency(
        corrected=Distribution.of(seen_s - tick_s),
        lower=_lower(rows, index, seen_s),
        raw=Distribution.of(seen_s - frames["sending_s"][source]),
        parts=Parts(
            send=Distribution.of(sent_s - tick_s),
            accept=Distribution.of(frames["accepted_s"][source] - sent_s),
            serve=Distribution.of(result_s - sent_s),
            fetch=Distribution.of(seen_s - result_s) if rows.files else None,
        ),
    )


def _lower(rows: EndpointRows, index: Index, seen_s: Floats) -> Distribution | None:
    if not rows.bounded:
        return None
    return Distribution.of(seen_s - rows.frames["tick_s"][rows.source(index, "latest")])


def send_lags(rows: EndpointRows) -> tuple[Floats, Floats]:
    """Tick, and how late sending began after it, of the window's frames that had a stream: the generator's own doing.

    A frame that was due and could not be sent before its viewer left was late by at least that long.
    """
    frames, index = rows.frames, rows.index
    unsent = np.isnan(frames["sending_s"][index]) & (frames["fate"][index] == Fate.IN_FLIGHT)
    left_s = rows.recordings.end_s[rows.recordings.lane(frames["viewer"][index])]
    begun_s = np.where(unsent, left_s, frames["sending_s"][index])
    due = ~np.isnan(begun_s)
    tick_s = frames["tick_s"][index][due]
    lag_s: Floats = begun_s[due] - tick_s
    return tick_s, lag_s
