"""A live gr.Interface on a streaming webcam, launched without a guard and never named."""

import gradio as gr
import numpy as np

gr.Interface(
    lambda picture, flipped: np.flipud(picture) if flipped else picture,
    [gr.Image(sources=["webcam"], streaming=True), gr.Checkbox(label="Flipped")],
    "image",
    live=True,
    stream_every=0.25,
    time_limit=12,
    api_name="flip",
).launch()
