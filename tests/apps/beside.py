"""Results of which the first carries no mark and the next one does: a status beside a sound, a plot beside a view."""

import gradio as gr
import numpy as np

Picture = np.ndarray
Sound = tuple[int, np.ndarray]


def echo(sound: Sound) -> tuple[str, Sound]:
    """Say how much has been heard, and give it back."""
    return f"heard {len(sound[1])} samples", sound


def plot(picture: Picture) -> tuple[Picture, Picture]:
    """Draw how bright the picture is, and give it back."""
    bars = np.zeros((64, 64, 3), np.uint8)
    bars[: int(picture.mean()) // 4] = 255
    return bars, picture


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    camera.stream(plot, camera, [gr.Image(label="Brightness"), gr.Image(label="View")], api_name="view")
    microphone = gr.Audio(sources=["microphone"], streaming=True)
    microphone.stream(echo, microphone, [gr.Textbox(label="Status"), gr.Audio()], stream_every=1, api_name="sound")

demo.launch()
