"""Two apps in one file, neither launched."""

import gradio as gr

with gr.Blocks() as first:
    gr.Image(sources=["webcam"], streaming=True)

with gr.Blocks() as second:
    gr.Image(sources=["webcam"], streaming=True)
