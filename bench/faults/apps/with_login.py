"""A camera behind a login: ada, lovelace."""

import gradio as gr

with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    camera.stream(lambda picture: picture, camera, gr.Image(), stream_every=0.1, time_limit=1, concurrency_limit=8)

demo.launch(auth=("ada", "lovelace"))
