"""Streaming handlers that a synthetic viewer cannot drive, beside one that it can."""

from collections.abc import Iterator

import gradio as gr
import numpy as np

Picture = np.ndarray


def forever(picture: Picture) -> Iterator[Picture]:
    """Yield the picture twice."""
    yield picture
    yield picture


def same(picture: Picture) -> Picture:
    """Return the picture as it came."""
    return picture


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True, label="Camera")
    other = gr.Image(sources=["webcam"], streaming=True, label="Other")
    out, player = gr.Image(), gr.Audio(streaming=True, interactive=False)
    camera.stream(forever, camera, out)
    camera.stream(same, other, out, api_name="wrong_camera")
    player.stream(lambda sound: None, player, None, api_name="player")
    camera.stream(same, camera, out, api_name="unqueued", queue=False)
    camera.stream(None, camera, out, js="(picture) => picture", api_name="in_the_browser")
    camera.stream(same, camera, out, api_name="with_js", js="(picture) => picture")
    gr.ImageSlider().stream(lambda pair: None, None, None, api_name="slider")
    gr.on([camera.stream, camera.change], same, camera, out, api_name="drivable")

if __name__ == "__main__":
    demo.launch()
