"""Two cameras and a microphone, written so that every Gradio from 5.0 on runs them; needs Gradio and NumPy only."""

import json
import os
from collections import Counter
from typing import Any

import gradio as gr
import numpy as np

SETTINGS: dict[str, Any] = {"time_limit": 3, "concurrency_limit": 2}
calls: Counter[str] = Counter()


def turn(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture upside down."""
    calls["still"] += 1
    return None if picture is None else np.flipud(picture)


def mirror(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture mirrored."""
    calls["live"] += 1
    return None if picture is None else np.fliplr(picture)


def echo(sound: tuple[int, np.ndarray] | None) -> tuple[int, np.ndarray] | None:
    """Return the sound as it came."""
    calls["sound"] += 1
    return sound


def tell() -> str:
    """How often each handler was called, as JSON: gr.JSON itself differs between versions."""
    return json.dumps(calls)


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    still, live = gr.Image(), gr.Image(streaming=True)
    microphone, heard = gr.Audio(sources=["microphone"], streaming=True), gr.Audio()
    camera.stream(turn, camera, still, stream_every=0.25, api_name="still", **SETTINGS)
    camera.stream(mirror, camera, live, stream_every=0.25, api_name="live", **SETTINGS)
    microphone.stream(echo, microphone, heard, stream_every=1, api_name="sound", **SETTINGS)
    gr.Button().click(tell, None, gr.Textbox(), api_name="calls", queue=False)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]), ssr_mode=False, quiet=True)
