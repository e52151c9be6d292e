"""The simple page: the camera's picture comes back as it is."""

import gradio as gr

from target_app.effects import Picture
from target_app.page import Stage

TITLE = "Simple"
EXPLANATION = "The camera's picture goes to the server and comes back as it is."


def show(picture: Picture | None) -> Picture | None:
    """Give the picture back as it is."""
    return picture


def layout(stage: Stage) -> None:
    """Draw camera and result side by side."""
    with gr.Row(equal_height=True):
        camera = gr.Image(label="Camera", sources=["webcam"], type="numpy")
        result = gr.Image(label="Result", interactive=False)
    stage.bind(camera, show, [camera], [result])
