"""The audio page: what the microphone hears is appended to a transcript, with a memory of the last chunks."""

import gradio as gr

from target_app import recognisers
from target_app.page import Stage
from target_app.recognisers import Recogniser
from target_app.sound import Chunk, History, mono

TITLE = "Audio"
EXPLANATION = (
    "What the microphone hears is appended to a transcript: the digits of a phone's key tones (DTMF), or spoken "
    "English with `--recogniser pocketsphinx`."
)


class Transcriber:
    """The page's handler, on a recogniser."""

    def __init__(self, recognise: Recogniser) -> None:
        self._recognise = recognise

    def transcribe(self, chunk: Chunk | None, history: History, transcript: str) -> tuple[History, str]:
        """Append what is new with `chunk`, and remember it; None, which a microphone gives at times, adds nothing."""
        if chunk is None:
            return history, transcript
        rate_hz, samples = chunk
        history, new = history.at(rate_hz), mono(samples)
        return history.followed_by(new), transcript + self._recognise(new, history)


def layout(stage: Stage) -> None:
    """Draw microphone and transcript side by side, as in the guide."""
    transcriber = Transcriber(recognisers.find(stage.settings.recogniser or "dtmf"))
    history = gr.State(History())
    with gr.Row():
        with gr.Column():
            microphone = gr.Audio(label="Microphone", sources=["microphone"], streaming=True)
        with gr.Column():
            transcript = gr.Textbox(label="Transcript", lines=4, max_lines=12, interactive=False)
    stage.bind(microphone, transcriber.transcribe, [microphone, history, transcript], [history, transcript])
