"""Two cameras in one app: an endpoint each, one endpoint that both start, and one that takes both."""

import gradio as gr
import numpy as np

Picture = np.ndarray


def left_eye(picture: Picture) -> Picture:
    """Return the picture as it came."""
    return picture


def right_eye(picture: Picture) -> Picture:
    """Return the picture upside down."""
    return np.flipud(picture)


def both_eyes(left: Picture | None, right: Picture | None) -> tuple[str, Picture | None]:
    """Return whichever picture came."""
    return "seen", left if left is not None else right


with gr.Blocks() as stereo:
    left = gr.Image(sources=["webcam"], streaming=True, label="Left")
    right = gr.Image(sources=["webcam"], streaming=True, label="Right")
    still = gr.Image(sources=["upload"], label="Still")
    seen, out = gr.Textbox(label="Seen"), gr.Image(label="Out")
    left.stream(left_eye, left, out, api_name="left", concurrency_limit=2)
    right.stream(right_eye, right, out, api_name="right", concurrency_limit=None)
    left.stream(
        both_eyes, [still, left], [seen, out], api_name="one_of_two", concurrency_id="eyes", concurrency_limit=6
    )
    gr.on([left.stream, right.stream], both_eyes, [left, right], [seen, out], api_name="both", concurrency_id="eyes")

stereo.queue(default_concurrency_limit=3).launch(share=True, inbrowser=True, server_name="0.0.0.0")
