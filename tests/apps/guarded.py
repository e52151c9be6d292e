"""An app behind a door with two locks: a login, and a header that every single request must bring."""

from typing import Any

import gradio as gr
import numpy as np

Sound = tuple[int, np.ndarray]


class Door:
    """ASGI middleware: 403 without the header X-Door-Key, but for Gradio's own looks at whether it is up."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let the request pass, or answer it."""
        key = dict(scope.get("headers") or []).get(b"x-door-key", b"").decode()
        own = scope["type"] != "http" or scope["method"] == "HEAD" or "startup-events" in scope["path"]
        if own or key == "sesame":
            await self._app(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"shut"})


def hear(sound: Sound) -> Sound:
    """Return the sound as it came."""
    return sound


with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True, label="Camera")
    camera.stream(lambda picture: picture, camera, gr.Image(), api_name="seen", stream_every=0.2, concurrency_limit=4)
    microphone = gr.Audio(sources=["microphone"], streaming=True, label="Microphone")
    microphone.stream(
        hear, microphone, gr.Audio(streaming=True), api_name="heard", stream_every=0.5, concurrency_limit=4
    )

demo.launch(auth=("ada", "lovelace"), app_kwargs={"middleware": [(Door, (), {})]})
