"""Cameras whose handlers raise now and then, leak memory, return nothing, or return what another viewer sent."""

from typing import Any

import gradio as gr
import numpy as np

LEAK_BYTES = 2 << 20

leaked: list[bytearray] = []
before: dict[str, Any] = {"picture": None, "calls": 0}


def raise_sometimes(picture: np.ndarray) -> np.ndarray:
    """Raise at every twelfth call."""
    before["calls"] += 1
    if before["calls"] % 12 == 0:
        raise gr.Error("the model saw no face")
    return picture


def leak(picture: np.ndarray) -> np.ndarray:
    """Keep two megabytes of every call."""
    leaked.append(bytearray(b"x" * LEAK_BYTES))
    return picture


def forget(_picture: np.ndarray) -> None:
    """Return nothing, as a handler without a return statement does."""


def mix_up(picture: np.ndarray) -> np.ndarray:
    """Return what came before, whoever sent it."""
    last, before["picture"] = before["picture"], picture
    return picture if last is None else last


with gr.Blocks() as demo:
    camera, shown = gr.Image(sources=["webcam"], streaming=True), gr.Image()
    for handler in (raise_sometimes, leak, forget, mix_up):
        camera.stream(handler, camera, shown, stream_every=0.1, concurrency_limit=8, api_name=handler.__name__)

demo.launch()
