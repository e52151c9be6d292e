"""A transcript kept in a global, a picture and sound too: what one viewer says and shows, every viewer gets."""

from typing import Any

import gradio as gr
import numpy as np

from target_app.dtmf import recognise
from target_app.pages.audio import Transcriber
from target_app.sound import History

transcriber = Transcriber(recognise)
everyones: dict[str, Any] = {"history": History(), "text": "", "picture": None, "sound": ()}


def hear(sound: Any, _own: str) -> str:
    """Append what is heard to a text that all sessions share."""
    everyones["history"], everyones["text"] = transcriber.transcribe(sound, everyones["history"], everyones["text"])
    return str(everyones["text"])


def show(picture: np.ndarray | None) -> np.ndarray | None:
    """Return the picture that came before, whoever sent it."""
    before, everyones["picture"] = everyones["picture"], picture
    return picture if before is None else before


def answer(sound: tuple[int, np.ndarray]) -> tuple[int, np.ndarray]:
    """Return the last three seconds that anybody said: mostly the viewer's own are among them."""
    rate, samples = sound
    everyones["sound"] = np.concatenate([np.asarray(everyones["sound"], np.int16), samples])[-3 * rate :]
    return rate, everyones["sound"]


with gr.Blocks() as demo:
    microphone, transcript = gr.Audio(sources=["microphone"], streaming=True), gr.Textbox()
    microphone.stream(hear, [microphone, transcript], transcript, stream_every=1, concurrency_limit=4, api_name="hear")
    microphone.stream(answer, microphone, gr.Audio(), stream_every=1, concurrency_limit=4, api_name="answer")
    camera = gr.Image(sources=["webcam"], streaming=True)
    camera.stream(show, camera, gr.Image(), stream_every=0.2, concurrency_limit=4, api_name="show")

demo.launch()
