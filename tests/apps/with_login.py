"""An app that wants a login."""

import gradio as gr

with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    camera.stream(lambda picture: picture, camera, gr.Image(), api_name="guarded")

demo.launch(auth=("ada", "lovelace"))
