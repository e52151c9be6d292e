"""What the server of known truth says of itself: a /config like Gradio's, reduced to what describes its streams."""

from typing import Any

from bench.truth.script import Script

VERSION = "6.31.0"
"""The Gradio release whose protocol is spoken."""

API_PREFIX = "/gradio_api"
INDEX = b"<!doctype html><title>truth</title><p>A server of known truth, for the self-check of gradio-bench.</p>"


def config(scripts: tuple[Script, ...]) -> dict[str, Any]:
    """Build the answer to GET /config; endpoint i streams component 2i + 1 into component 2i + 2."""
    return {
        "version": VERSION,
        "api_prefix": API_PREFIX,
        "protocol": "sse_v3",
        "mode": "blocks",
        "title": "truth",
        "space_id": None,
        "connect_heartbeat": True,
        "enable_queue": True,
        "show_error": True,
        "components": [part for index, script in enumerate(scripts) for part in _components(index, script)],
        "dependencies": [_dependency(index, script) for index, script in enumerate(scripts)],
    }


def info(scripts: tuple[Script, ...]) -> dict[str, Any]:
    """Build the answer to GET /info."""
    return {
        "named_endpoints": {f"/{script.name}": {"parameters": [], "returns": []} for script in scripts},
        "unnamed_endpoints": {},
    }


def _components(index: int, script: Script) -> list[dict[str, Any]]:
    kind, source = ("image", "webcam") if script.kind == "camera" else ("audio", "microphone")
    recorder = {"name": kind, "label": "Input", "sources": [source], "streaming": True, "visible": True}
    result = {"name": kind, "label": "Result", "sources": ["upload"], "streaming": False, "visible": True}
    return [
        {"id": 2 * index + 1, "type": kind, "props": recorder},
        {"id": 2 * index + 2, "type": kind, "props": result},
    ]


def _dependency(index: int, script: Script) -> dict[str, Any]:
    recorder, result = 2 * index + 1, 2 * index + 2
    return {
        "id": index,
        "api_name": script.name,
        "api_visibility": "public",
        "targets": [[recorder, "stream"]],
        "inputs": [recorder],
        "outputs": [result],
        "backend_fn": True,
        "js": None,
        "queue": True,
        "types": {"generator": False, "cancel": False},
        "trigger_mode": "multiple",
        "connection": "stream",
        "time_limit": script.time_limit_s,
        "stream_every": script.stream_every_s,
    }
