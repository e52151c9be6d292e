"""What a viewer records with: a camera, or a microphone whose chunks are uploaded before they are named in a POST."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import orjson

from bench.load.books import UNREADABLE_RESULTS
from bench.wire.body import CAMERA, MICROPHONE, Bodies
from bench.wire.transport import ConnectionBrokeError, Reply, Transport

if TYPE_CHECKING:
    from bench.load.crowd import Crowd
    from bench.wire.app import Endpoint


@dataclass(frozen=True, slots=True)
class Recording:
    """What one tick recorded, ready for a body; `uploaded` bytes went ahead of it, `sound_s` seconds are in it."""

    media: bytes
    uploaded: int = 0
    sound_s: float = 0.0


class Device(Protocol):
    """A viewer's camera or microphone."""

    first_tick_s: float
    """Time from switching on to the first tick: a chunk of sound is due once it is recorded."""
    patience: int
    """How many results in a row may say nothing before marks are given up: see StreamBooks."""

    def bodies(self, session_hash: str) -> Bodies:
        """Make the bodies this device's recordings travel in."""

    def length_s(self, frame: int) -> float:
        """Seconds of sound that tick `frame` records."""

    def record(self, frame: int) -> Recording:
        """Record tick `frame`; raises ConnectionBrokeError when its upload fails."""


class CameraDevice:
    """A camera: every tick is a picture, at once."""

    first_tick_s = 0.0
    patience = UNREADABLE_RESULTS

    def __init__(self, crowd: "Crowd", endpoint: "Endpoint", viewer: int) -> None:
        self._camera = crowd.recorders.camera(endpoint.stream_every_s)
        self._endpoint, self._viewer = endpoint, viewer

    def bodies(self, session_hash: str) -> Bodies:
        """See Device."""
        return _bodies(self._endpoint, session_hash, CAMERA)

    def length_s(self, _frame: int) -> float:
        """See Device."""
        return 0.0

    def record(self, frame: int) -> Recording:
        """See Device."""
        return Recording(self._camera.base64(self._viewer, frame))


class MicrophoneDevice:
    """A microphone: every tick is a chunk of sound, uploaded as a file; its FileData rides in the POST."""

    def __init__(self, crowd: "Crowd", endpoint: "Endpoint", viewer: int, transport: Transport) -> None:
        self._microphone = crowd.recorders.microphone(endpoint.stream_every_s)
        self._endpoint, self._viewer, self._transport = endpoint, viewer, transport
        self._api_path, self._root = crowd.api_path, crowd.app.root
        self._api_prefix = crowd.app.api_prefix
        self.first_tick_s = endpoint.stream_every_s
        self.patience = UNREADABLE_RESULTS * self._microphone.layout.chunks_per_word

    def bodies(self, session_hash: str) -> Bodies:
        """See Device."""
        return _bodies(self._endpoint, session_hash, MICROPHONE)

    def length_s(self, frame: int) -> float:
        """See Device."""
        return self._microphone.chunk(self._viewer, frame).duration_s

    def record(self, frame: int) -> Recording:
        """See Device. The upload is what a browser sends: one multipart file named audio.wav."""
        chunk = self._microphone.chunk(self._viewer, frame)
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="audio.wav"\r\n'
            "Content-Type: audio/wav\r\n\r\n"
        )
        body = (head.encode(), chunk.wav, f"\r\n--{boundary}--\r\n".encode())
        path = f"{self._api_path}/upload"  # without the upload_id of a file picked by hand: nobody watches its progress
        reply = self._transport.post(path, body, f"multipart/form-data; boundary={boundary}")
        return Recording(self._file(_uploaded(reply), len(chunk.wav)), sum(map(len, body)), chunk.duration_s)

    def _file(self, path: str, size: int) -> bytes:
        """Describe the uploaded file as Gradio's FileData."""
        return orjson.dumps(
            {
                "path": path,
                "url": f"{self._root}{self._api_prefix}/file={path}",
                "orig_name": "audio.wav",
                "size": size,
                "mime_type": "audio/wav",
                "is_stream": True,
                "meta": {"_type": "gradio.FileData"},
            }
        )


def _bodies(endpoint: "Endpoint", session_hash: str, around: tuple[bytes, bytes]) -> Bodies:
    values = [one.value for one in endpoint.inputs]
    return Bodies(endpoint.fn_index, endpoint.target_id, session_hash, values, endpoint.media_index, around=around)


def _uploaded(reply: Reply) -> str:
    """Read where the server put the file; raises ConnectionBrokeError when it did not."""
    try:
        path = orjson.loads(reply.body)[0] if reply.status == 200 else None
    except (ValueError, LookupError, TypeError):
        path = None
    if not isinstance(path, str):
        raise ConnectionBrokeError(f"upload: HTTP {reply.status}")
    return path
