"""Cameras that share: two endpoints in one concurrency group, and one with no limit but the app's three threads."""

import gradio as gr
import numpy as np


def same(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture as it came."""
    return picture


def turned(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture upside down."""
    return None if picture is None else np.flipud(picture)


def mirrored(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture mirrored."""
    return None if picture is None else np.fliplr(picture)


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    out = gr.Image()
    camera.stream(turned, camera, out, api_name="up", concurrency_id="pair", concurrency_limit=2)
    camera.stream(mirrored, camera, out, api_name="over", concurrency_id="pair", concurrency_limit=5)
    camera.stream(same, camera, out, api_name="unlimited", concurrency_limit=None)

if __name__ == "__main__":
    demo.launch(max_threads=3)
