"""Request bodies of a camera stream: constant pieces around one picture, which every body carries twice.

Shape (Gradio 6.31, seen on the wire): `{"data": [… {"url": picture} …], "event_data": {"value": {"url": picture},
"is_value_data": true}, "fn_index", "session_hash"}`, and `trigger_id` in the join.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import orjson

_HERE = uuid.uuid4().hex
"""Stands where the picture goes while a body is cut to pieces; no value of an app can hold it."""


Body = tuple[bytes, ...]


class CameraBodies:
    """Builds the bodies of one viewer's join and stream POSTs."""

    def __init__(self, fn_index: int, trigger_id: int, session_hash: str, values: Sequence[Any], media: int) -> None:
        self._constant = {"fn_index": fn_index, "session_hash": session_hash}
        self._trigger = {"trigger_id": trigger_id}
        self._values = list(values)
        self._media = media
        self._rebuild()

    def set_value(self, index: int, value: Any) -> None:
        """Change the current value of input `index`: it rides in every body from now on."""
        if self._values[index] != value:
            self._values[index] = value
            self._rebuild()

    def join(self, picture: bytes) -> Body:
        """Body of `POST /queue/join` with `picture` (base64 of a JPEG), in pieces."""
        before, between, after = self._join
        return (before, picture, between, picture, after)

    def stream(self, picture: bytes) -> Body:
        """Body of `POST /stream/{event_id}` with `picture` (base64 of a JPEG), in pieces."""
        before, between, after = self._stream
        return (before, picture, between, picture, after)

    def _rebuild(self) -> None:
        picture = {"url": "data:image/jpeg;base64," + _HERE}
        data = [picture if index == self._media else value for index, value in enumerate(self._values)]
        body = {"data": data, "event_data": {"value": picture, "is_value_data": True}, **self._constant}
        self._join = orjson.dumps({**body, **self._trigger}).split(_HERE.encode())
        self._stream = orjson.dumps(body).split(_HERE.encode())
