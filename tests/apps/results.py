"""Cameras whose results are not pictures: a label, a JSON, a text, nothing; and microphones."""

import gradio as gr
import numpy as np

Picture = np.ndarray
Sound = tuple[int, np.ndarray]


def classify(picture: Picture) -> dict[str, float]:
    """Tell light from dark."""
    light = float(picture.mean()) / 255
    return {"light": light, "dark": 1 - light}


def describe(picture: Picture) -> tuple[dict[str, int], str]:
    """Tell the picture's size, as JSON and in words."""
    height, width = picture.shape[:2]
    return {"height": height, "width": width}, f"{width}x{height}"


def watch(picture: Picture) -> None:
    """Take the picture and say nothing."""


def hear(sound: Sound, heard: str) -> str:
    """Tell how much has been heard."""
    return f"{heard}{len(sound[1])} "[-40:]


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True, label="Camera")
    label, data, words = gr.Label(), gr.JSON(), gr.Textbox()
    camera.stream(classify, camera, label)
    camera.stream(describe, camera, [data, words])
    camera.stream(watch, camera, None)
    microphone = gr.Audio(sources=["microphone"], streaming=True, label="Microphone")
    heard = gr.Textbox(label="Heard")
    microphone.stream(hear, [microphone, heard], heard, stream_every=1, time_limit=60)
    microphone.stream(lambda sound: sound, microphone, gr.Audio(streaming=True, autoplay=True), api_name="echo")

demo.launch()
