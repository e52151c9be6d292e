"""What the harness knows of Gradio's components: which can stream, what a result is, what a browser sends unasked."""

from typing import Any, Literal

Kind = Literal["camera", "microphone"]
ResultKind = Literal["image", "audio", "text", "json", "other", "none"]

STREAMERS: dict[str, Kind] = {"image": "camera", "audio": "microphone"}
"""Components whose `.stream` a synthetic viewer can drive, by the `type` that /config gives them."""

SOURCES: dict[Kind, str] = {"camera": "webcam", "microphone": "microphone"}
"""The entry of a component's `sources` without which a browser offers no camera or microphone."""

PEER_CONNECTIONS = frozenset({"webrtc"})
"""Custom components that carry their media over WebRTC instead of Gradio's queue (gradio_webrtc, fastrtc)."""

_RESULTS: dict[str, ResultKind] = {
    "image": "image",
    "audio": "audio",
    "textbox": "text",
    "markdown": "text",
    "html": "text",
    "code": "text",
    "highlightedtext": "json",
    "json": "json",
    "label": "json",
    "number": "json",
    "dataframe": "json",
    "annotatedimage": "other",
}

_UNTOUCHED: dict[str, Any] = {"textbox": "", "code": "", "number": 0}
"""What Chromium was seen to send for components whose value /config leaves out (Gradio 6.31); null for all others."""


def result_kind(component_type: str) -> ResultKind:
    """Say what a component of this type shows: a picture, a sound, text, structured data, or something else."""
    return _RESULTS.get(component_type, "other")


def initial_value(component: dict[str, Any]) -> Any:
    """Return the value a browser sends for this component before anyone has touched it; None where it has none.

    /config leaves out values that are None. `gr.State` always goes as null: its value lives on the server.
    """
    if component["type"] == "state":
        return None
    if component["type"] == "browserstate":
        return component["props"].get("default_value")
    return component["props"].get("value", _UNTOUCHED.get(component["type"]))
