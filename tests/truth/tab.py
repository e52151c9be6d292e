"""A browser's tab by hand, over plain sockets: sends what it is told to and keeps every message as it came."""

import json
import socket
import threading
import time
import uuid
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from bench.media.camera import Camera
from bench.media.mark import Identity
from bench.media.reading import read_mark
from bench.wire.answer import Answer, AnswerError

PATIENCE_S = 20.0
CAMERA = Camera(320, 240, seed=5)
BROKEN = b"AAAA"
"""The base64 of something that is no picture."""


class Tab:
    """One tab of an app's streaming endpoint; frames are marked with `viewer`."""

    def __init__(self, url: str, fn_index: int, viewer: int = 1) -> None:
        self._url, self._fn_index, self._viewer = url, fn_index, viewer
        self._session = uuid.uuid4().hex[:11]
        self._client = httpx.Client(base_url=f"{url}/gradio_api", timeout=PATIENCE_S, headers={"x-gradio-user": "app"})
        self._changed = threading.Condition()
        self._heartbeat: socket.socket | None = None
        self._listening: socket.socket | None = None
        self._reader: threading.Thread | None = None
        self.messages: list[dict[str, Any]] = []
        self.came_s: list[float] = []
        self.raw = b""
        self.event_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the stream and the tab, and wait until the server has let go of it."""
        if self.event_id:
            self.close()
            with suppress(TimeoutError):
                self.wait_for("close_stream")
        self.hang_up()
        if self._listening is not None:
            self._listening.close()
        self._client.close()

    # What it sends --------------------------------------------------------------------------------------------

    def beat(self) -> bytes:
        """Open the heartbeat; returns the first bytes the server says on it."""
        self._heartbeat = self._get(f"/heartbeat/{self._session}")
        return next(Answer(self._heartbeat).pieces())

    def hang_up(self) -> None:
        """Lose the heartbeat."""
        if self._heartbeat is not None:
            self._heartbeat.close()
            self._heartbeat = None

    def join(self, frame: int = 0) -> None:
        """Join with a frame and listen."""
        reply = self._client.post("/queue/join?", json=self._body(self._picture(frame)))
        reply.raise_for_status()
        self.event_id = reply.json()["event_id"]
        self._listening = self._get(f"/queue/data?session_hash={self._session}")
        self._reader = threading.Thread(target=self._read, args=(self._listening,), daemon=True)
        self._reader.start()

    def post(self, frame: int, picture: bytes | None = None) -> int:
        """POST a frame to the stream; returns the status."""
        body = self._body(picture or self._picture(frame))
        return self._client.post(f"/stream/{self.event_id}", json=body).status_code

    def close(self) -> int:
        """Press Stop; returns the status."""
        return self._client.post(f"/stream/{self.event_id}/close", json={}).status_code

    def upload(self, content: bytes) -> Any:
        """Upload a file as a microphone does; returns the answer."""
        return self._client.post("/upload", files={"files": ("audio.wav", content, "audio/wav")}).json()

    # What it hears --------------------------------------------------------------------------------------------

    def kinds(self) -> list[str]:
        """The messages' kinds in the order they came, heartbeats left out."""
        return [message["msg"] for message in self.messages if message["msg"] != "heartbeat"]

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every message of one kind so far."""
        return [message for message in self.messages if message["msg"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for the `count`-th message of a kind; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.all(kind)) >= count, PATIENCE_S):
                raise TimeoutError(f"{kind} did not come: {self.kinds()}")
        return self.all(kind)[count - 1]

    def instant(self, kind: str) -> float:
        """When the first message of a kind came."""
        return next(at_s for at_s, message in zip(self.came_s, self.messages, strict=True) if message["msg"] == kind)

    def shows(self, message: dict[str, Any]) -> Identity | None:
        """Fetch the picture of a result and read whose it is."""
        value = message["output"]["data"][0]
        assert value["url"].startswith(self._url)
        return read_mark(httpx.get(value["url"], timeout=PATIENCE_S).content, CAMERA.layout)

    def frames(self) -> list[int]:
        """The frames whose results were streamed, in order."""
        marks = [self.shows(message) for message in self.all("process_streaming")]
        assert all(mark is not None and mark.viewer == self._viewer for mark in marks)
        return [mark.frame for mark in marks if mark is not None]

    def _read(self, sock: socket.socket) -> None:
        text = b""
        with suppress(OSError, AnswerError):
            for piece in Answer(sock).pieces():
                self.raw += piece
                *whole, text = (text + piece).split(b"\n\n")
                with self._changed:
                    self.messages += [json.loads(one.removeprefix(b"data: ")) for one in whole]
                    self.came_s += [time.monotonic()] * len(whole)
                    self._changed.notify_all()

    def _picture(self, frame: int) -> bytes:
        return CAMERA.base64(self._viewer, frame)

    def _body(self, picture: bytes) -> dict[str, Any]:
        media = {"url": "data:image/jpeg;base64," + picture.decode()}
        return {
            "data": [media],
            "event_data": {"value": media, "is_value_data": True},
            "fn_index": self._fn_index,
            "session_hash": self._session,
        }

    def _get(self, path: str) -> socket.socket:
        parts = urlsplit(self._url)
        sock = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE_S)
        sock.sendall(f"GET /gradio_api{path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        return sock
