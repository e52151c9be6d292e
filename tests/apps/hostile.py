"""An app whose every name and error is markup and script: for pages and terminals that show what apps say."""

import itertools

import gradio as gr
import numpy as np

TAKEN = "document.title='taken'"
MARKUP = f'</script></style><script>{TAKEN}</script><img src=x onerror="{TAKEN}">\'&{{{{7*7}}}}'

calls = itertools.count(1)


def handle(picture: np.ndarray | None, _said: str) -> np.ndarray | None:
    """Return the picture, and now and then raise an error of markup."""
    if next(calls) % 8 == 0:
        raise ValueError(MARKUP)
    return picture


with gr.Blocks(title=MARKUP) as demo:
    camera = gr.Image(sources=["webcam"], streaming=True, label=MARKUP)
    said = gr.Textbox(MARKUP, label=MARKUP)
    out = gr.Image(label=MARKUP)
    camera.stream(handle, [camera, said], out, stream_every=0.25, concurrency_limit=3, api_name=MARKUP)

demo.launch(show_error=True)
