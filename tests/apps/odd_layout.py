"""An app whose Blocks has another name, its camera deep in an odd layout, duplicate and missing API names.

One handler answers with updates, and with nothing new for some frames.
"""

from typing import Any

import gradio as gr
import numpy as np

Picture = np.ndarray


def mirror(
    picture: Picture, strength: float, mode: str, note: str, count: int | None
) -> tuple[int, str, dict[str, Any]]:
    """Mirror the picture, but for every fourth, which leaves the last one on the screen; and count the frames."""
    seen = (count or 0) + 1
    shown = gr.skip() if seen % 4 == 0 else gr.update(value=np.fliplr(picture), label=f"Mirrored {seen} times")
    return seen, f"{note[:8]} {mode} {strength}", shown


def same(picture: Picture) -> Picture:
    """Return the picture as it came."""
    return picture


with gr.Blocks() as corner_shop:
    count = gr.State(0)
    with gr.Tabs(), gr.Tab("First"), gr.Accordion("Hidden away", open=False), gr.Row():
        with gr.Column():
            strength = gr.Slider(0, 10, value=3, label="Strength")
            mode = gr.Dropdown(["soft", "hard"], label="Mode")
            note = gr.Textbox(label="Note")
        with gr.Group():
            camera = gr.Image(sources="webcam", streaming=True, label="Camera")
            mirrored = gr.Image(label="Mirrored", streaming=True)
    camera.stream(
        mirror,
        [camera, strength, mode, note, count],
        [count, note, mirrored],
        stream_every=0.2,
        time_limit=20,
        concurrency_limit=4,
        api_name="mirror",
    )
    with gr.Tab("Second"):
        unnamed = gr.Image(sources=["webcam"], streaming=True)
        unnamed.stream(same, unnamed, unnamed, api_name=False)  # type: ignore[arg-type]  # as apps written for Gradio 5 do

with corner_shop.route("Another page", "/another"):
    paged = gr.Image(sources=["webcam"], streaming=True)
    shown = gr.Image()
    gr.on([paged.stream], same, paged, shown, api_name="mirror")

if __name__ == "__main__":
    corner_shop.launch(max_threads=12)
