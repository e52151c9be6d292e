"""Progress of a run for the process that started it: one JSON line every half second on a pipe."""

import os
import time

import gevent
import numpy as np
import orjson

from bench.load.crowd import EndpointCounts
from bench.load.session import Session

EVERY_S = 0.5


def start_progress(session: Session) -> None:
    """Write lines while the run goes on, if `GRADIO_BENCH_PROGRESS_FD` names a pipe."""
    descriptor = os.environ.get("GRADIO_BENCH_PROGRESS_FD")
    if descriptor is not None:
        gevent.spawn(_work, session, int(descriptor))


def _work(session: Session, descriptor: int) -> None:
    started_s = time.monotonic()
    while (crowd := session.crowd) is not None:
        line = {
            "phase": "finishing" if crowd.over else "running",
            "elapsed_s": time.monotonic() - started_s,
            "viewers": len(crowd.viewers),
            "endpoints": [
                _counts(endpoint.api_name, counts)
                for endpoint, counts in zip(crowd.endpoints, crowd.counts, strict=True)
            ],
        }
        os.write(descriptor, orjson.dumps(line) + b"\n")
        gevent.sleep(EVERY_S)


def _counts(api_name: str, counts: EndpointCounts) -> dict[str, object]:
    recent = np.fromiter(counts.recent_latency_s, float)
    return {
        "api_name": api_name,
        "fates": {fate.name.lower(): count for fate, count in counts.fates.items()},
        "waiting": counts.waiting,
        "open": counts.open,
        "latency_p50_s": float(np.median(recent)) if recent.size else None,
        "latency_p95_s": float(np.quantile(recent, 0.95)) if recent.size else None,
    }
