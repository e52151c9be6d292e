"""The unified page: one picture is the camera and the result."""

import gradio as gr

from target_app.effects import EFFECTS, Picture, apply
from target_app.page import Stage

TITLE = "Unified"
EXPLANATION = "One picture is both the camera and the result: the filtered frame takes the camera's place."


def transform_in_place(picture: Picture | None, effect: str) -> Picture | None:
    """Apply the chosen effect, for the component the picture came from."""
    return apply(picture, effect)


def layout(stage: Stage) -> None:
    """Draw filter and picture in one centred column, as in the guide."""
    with gr.Column(elem_classes=["my-column"]), gr.Group(elem_classes=["my-group"]):
        effect = gr.Dropdown(label="Filter", choices=list(EFFECTS), value="flip")
        picture = gr.Image(show_label=False, sources=["webcam"], type="numpy", streaming=True)
    stage.bind(picture, transform_in_place, [picture, effect], [picture])
