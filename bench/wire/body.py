"""Request bodies of a stream: constant pieces around one recording, which every body carries twice.

Shape (Gradio 6.31, seen on the wire): `{"data": [… media …], "event_data": {"value": media, "is_value_data": true},
"fn_index", "session_hash"}`, and `trigger_id` in the join. A camera's media is `{"url": "data:image/jpeg;base64,…"}`,
a microphone's the FileData of the chunk uploaded before.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import orjson

CAMERA = (b'{"url":"data:image/jpeg;base64,', b'"}')
"""What stands before and behind the base64 of a picture."""
MICROPHONE = (b"", b"")
"""FileData comes as JSON, whole."""

_HERE = uuid.uuid4().hex
"""Stands where the recording goes while a body is cut to pieces; no value of an app can hold it."""

Body = tuple[bytes, ...]


class Bodies:
    """Builds the bodies of one viewer's join and stream POSTs around its recordings.

    `values` are the inputs' current values, `media` the index of the one that is recorded, `around` CAMERA or
    MICROPHONE.
    """

    def __init__(
        self,
        fn_index: int,
        trigger_id: int,
        session_hash: str,
        values: Sequence[Any],
        media: int,
        *,
        around: tuple[bytes, bytes],
    ) -> None:
        self._constant = {"fn_index": fn_index, "session_hash": session_hash}
        self._trigger = {"trigger_id": trigger_id}
        self._values = list(values)
        self._media = media
        self._around = around
        self._rebuild()

    def set_value(self, index: int, value: Any) -> None:
        """Change the current value of input `index`: it rides in every body from now on."""
        if self._values[index] != value:
            self._values[index] = value
            self._rebuild()

    def join(self, recording: bytes) -> Body:
        """Body of `POST /queue/join`, in pieces."""
        before, between, after = self._join
        return (before, recording, between, recording, after)

    def stream(self, recording: bytes) -> Body:
        """Body of `POST /stream/{event_id}`, in pieces."""
        before, between, after = self._stream
        return (before, recording, between, recording, after)

    def _rebuild(self) -> None:
        data = [_HERE if index == self._media else value for index, value in enumerate(self._values)]
        body = {"data": data, "event_data": {"value": _HERE, "is_value_data": True}, **self._constant}
        self._join = self._cut({**body, **self._trigger})
        self._stream = self._cut(body)

    def _cut(self, body: dict[str, Any]) -> list[bytes]:
        before, between, after = orjson.dumps(body).split(f'"{_HERE}"'.encode())
        opening, closing = self._around
        return [before + opening, closing + between + opening, closing + after]
