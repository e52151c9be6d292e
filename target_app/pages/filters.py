"""The filters page: the camera's picture comes back changed, beside the camera."""

import gradio as gr

from target_app.effects import EFFECTS, Picture, apply
from target_app.page import Stage

TITLE = "Filters"
EXPLANATION = "OpenCV changes every picture; choose another filter while the camera runs."


def transform(picture: Picture | None, effect: str) -> Picture | None:
    """Apply the chosen effect."""
    return apply(picture, effect)


def layout(stage: Stage) -> None:
    """Draw the filter's dropdown above camera and result."""
    effect = gr.Dropdown(label="Filter", choices=list(EFFECTS), value="flip")
    with gr.Row(equal_height=True):
        camera = gr.Image(label="Camera", sources=["webcam"], type="numpy")
        result = gr.Image(label="Result", interactive=False, streaming=True)
    stage.bind(camera, transform, [camera, effect], [result])
