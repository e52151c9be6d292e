"""The objects page: what the camera shows, as boxes in the picture, in words and as JSON."""

from dataclasses import asdict
from typing import Any

import gradio as gr

from target_app.effects import Picture
from target_app.finding import find
from target_app.page import Stage
from target_app.things import draw, in_words

TITLE = "Objects"
EXPLANATION = (
    "OpenCV looks for faces and for things of one colour: boxes in the picture, and the same in words and as JSON."
)


def detect(picture: Picture | None) -> tuple[Picture | None, list[dict[str, Any]], str]:
    """Find things: the picture with their boxes drawn, their labels and boxes in px, and the same in words."""
    if picture is None:
        return None, [], ""
    things = find(picture)
    return draw(picture, things), [asdict(thing) for thing in things], in_words(things)


def layout(stage: Stage) -> None:
    """Draw camera and result side by side above words and JSON, whose height stays when their content changes."""
    with gr.Row(equal_height=True):
        camera = gr.Image(label="Camera", sources=["webcam"], type="numpy")
        result = gr.Image(label="Result", interactive=False)
    with gr.Row():
        words = gr.Textbox(label="Found", interactive=False, lines=2, max_lines=2)
        boxes = gr.JSON(label="Objects", height=240, max_height=240)
    stage.bind(camera, detect, [camera], [result, boxes, words])
