"""Viewers reduced to their turns: each joins a stream and tells when it opened and when it ended."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import nan
from typing import Any

import httpx

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True)
class Turn:
    """When a viewer's stream opened and ended, in seconds of one clock."""

    open_s: float
    ended_s: float


def turns(url: str, fn_index: int, viewers: int) -> list[Turn]:
    """Let some viewers join at once, send nothing more than the join's picture, and be cut at the time limit."""
    with ThreadPoolExecutor(viewers) as pool:
        return list(pool.map(lambda viewer: _turn(url, fn_index, f"viewer-{viewer}"), range(viewers)))


def _turn(url: str, fn_index: int, session_hash: str) -> Turn:
    body: dict[str, Any] = {
        "data": [{"url": PIXEL}],
        "event_data": {"value": {"url": PIXEL}, "is_value_data": True},
        "fn_index": fn_index,
        "session_hash": session_hash,
    }
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=60, headers={"x-gradio-user": "app"}) as client:
        client.post("/queue/join", json=body).raise_for_status()
        open_s = nan
        with client.stream("GET", "/queue/data", params={"session_hash": session_hash}) as events:
            for line in events.iter_lines():
                message = json.loads(line.removeprefix("data:") or "{}")
                if message.get("msg") == "process_starts":
                    open_s = time.monotonic()
                if message.get("msg") == "process_completed":
                    return Turn(open_s, time.monotonic())
    raise AssertionError("the stream closed before it completed")
