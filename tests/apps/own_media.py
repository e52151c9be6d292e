"""An app that writes down what reached it: how grey each picture is, what the inputs are, whether there was a hum."""

import json
import os
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

NOTES = Path(os.environ.get("NOTES", "app.jsonl"))
HUM_HZ = 330


def note(**what: Any) -> None:
    """Append one line."""
    with NOTES.open("a") as file:
        file.write(json.dumps(what) + "\n")


def look(picture: np.ndarray, strength: float, mode: str, words: str, tags: list[str]) -> np.ndarray:
    """Note the middle of the picture, where no mark is, and the inputs."""
    height = len(picture)
    grey = float(picture[height // 4 : height * 3 // 4].mean())
    note(grey=grey, strength=strength, mode=mode, words=words, tags=tags)
    return picture


def listen(sound: tuple[int, np.ndarray]) -> tuple[int, np.ndarray]:
    """Note whether the hum is there: its line stands out of the spectrum around it."""
    rate, samples = sound
    spectrum = np.abs(np.fft.rfft(samples))
    at = round(HUM_HZ * len(samples) / rate)
    note(hum=bool(spectrum[at - 3 : at + 4].max() > 20 * np.median(spectrum[at - 60 : at + 60])))
    return sound


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True, label="Camera")
    inputs = [
        gr.Slider(0, 10, value=1, label="Strength"),
        gr.Dropdown(["soft", "hard"], label="Mode"),
        gr.Textbox(label="Words"),
        gr.CheckboxGroup(["x", "y"], label="Tags"),
    ]
    camera.stream(look, [camera, *inputs], gr.Image(), stream_every=0.2, concurrency_limit=4)
    microphone = gr.Audio(sources=["microphone"], streaming=True, label="Microphone")
    microphone.stream(listen, microphone, gr.Audio(streaming=True), stream_every=1, concurrency_limit=4)

demo.launch()
