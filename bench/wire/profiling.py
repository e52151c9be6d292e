"""Gradio's own traces: what an app started with `GRADIO_PROFILING=1` tells of the time it spent on each stream."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from bench.wire.app import App

TIMEOUT_S = 5.0
_PATH = "/profiling/traces"


@dataclass(frozen=True, slots=True)
class Trace:
    """One stream's trace, seconds. All but the queue wait are sums over its `calls` (gradio/profiling.py)."""

    event_id: str
    calls: int
    queue_wait_s: float
    preprocess_s: float
    handler_s: float
    postprocess_s: float

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """Read one as Gradio tells it, in milliseconds."""
        waited, before, called, after = (
            float(told[f"{phase}_ms"]) / 1000 for phase in ("queue_wait", "preprocess", "fn_call", "postprocess")
        )
        return cls(str(told["event_id"]), int(told["n_iterations"]), waited, before, called, after)


def profiles(root: str, api_prefix: str, **request: Any) -> bool:
    """Whether the app keeps traces: one that was started without `GRADIO_PROFILING=1` has no such address."""
    try:
        return httpx.get(f"{root}{api_prefix}{_PATH}", params={"last_n": 1}, **request).is_success
    except httpx.HTTPError:
        return False


def fetch_traces(app: "App") -> list[Trace]:
    """Fetch the traces of all streams that have ended; none where the app no longer tells, or tells something else."""
    try:
        answer = httpx.get(
            f"{app.root}{app.api_prefix}{_PATH}", headers=app.request_headers(), timeout=TIMEOUT_S
        ).raise_for_status()
        return [Trace.read(told) for told in answer.json() if told["n_iterations"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return []
