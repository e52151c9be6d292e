"""The app's own account of its time, where it was started with GRADIO_PROFILING=1: Gradio's traces by event id."""

from dataclasses import dataclass

import numpy as np

from bench.ledger import Ledger
from bench.metrics.distribution import Distribution
from bench.metrics.endpoint import Parts, Profile
from bench.metrics.rows import EndpointRows


@dataclass(frozen=True, slots=True)
class _Trace:
    calls: int
    queue_wait_s: float
    preprocess_s: float
    handler_s: float
    postprocess_s: float


def profile(ledger: Ledger, rows: EndpointRows, parts: Parts) -> Profile | None:
    """Join the traces with the streams that lasted into the window; None where there are none.

    A trace sums up its whole stream, so a part of what it tells may lie before the window. Several processes may have
    noted the same traces: an event counts once.
    """
    noted = [trace for note in ledger.notes if note["note"] == "profile" for trace in note["traces"]]
    traces = {str(event_id).encode(): _Trace(*values) for event_id, *values in noted}
    streams = rows.streams[~(rows.streams["ended_s"] < rows.window.begin_s)]
    streams = streams[streams["open_s"] < rows.window.end_s]
    mine = [traces[event_id] for event_id in streams["event_id"].tolist() if event_id in traces]
    calls = sum(one.calls for one in mine)
    if not calls:
        return None
    before, called, after = (
        sum(getattr(one, name) for one in mine) / calls for name in ("preprocess_s", "handler_s", "postprocess_s")
    )
    return Profile(
        streams=len(mine),
        calls=calls,
        queue_wait_s=Distribution.of(np.array([one.queue_wait_s for one in mine], np.float64)),
        waiting_s=max(0.0, parts.serve.mean - before - called - after) if parts.serve else None,
        preprocess_s=before,
        handler_s=called,
        postprocess_s=after,
    )
