"""A camera and a microphone whose handlers take longer than a tick lasts."""

import time
from typing import Any

import gradio as gr
import numpy as np


def slowly(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture, after a quarter of a second."""
    time.sleep(0.25)
    return picture


def hear(sound: Any, heard: str) -> str:
    """Say that a chunk came, after more than a second."""
    time.sleep(1.2)
    return f"{heard or ''}."


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    camera.stream(slowly, camera, gr.Image(), stream_every=0.1, concurrency_limit=4, api_name="slowly")
    microphone, heard = gr.Audio(sources=["microphone"], streaming=True), gr.Textbox()
    microphone.stream(hear, [microphone, heard], heard, stream_every=0.5, concurrency_limit=4, api_name="hear")

demo.launch()
