"""The parsers, each with inputs that are right: fuzzing bends those, for bytes of pure chance are refused at once.

A parser here is a function of bytes that raises what it may not: the errors it is meant to raise are caught.
"""

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import orjson

from bench.errors import LedgerError, TargetError
from bench.ledger import STREAM, Ledger, LedgerWriter, unpack
from bench.load.device import _uploaded as uploaded_path
from bench.load.entries import Integrity, row_of_stream
from bench.load.replies import event_id_of, refusal
from bench.media.camera import Camera
from bench.media.hearing import TranscriptReader, words_in_sound
from bench.media.mark import MarkLayout
from bench.media.microphone import Microphone
from bench.media.reading import read_mark
from bench.media.word import WordLayout
from bench.wire.answer import Answer, AnswerError
from bench.wire.app import api_prefix, read_config
from bench.wire.events import EventDecoder, Malformed, ServerError
from bench.wire.stream import Stream
from bench.wire.transport import ConnectionBrokeError, Reply
from tests.wire.test_answer import Pieces, chunked
from tests.wire.test_events import CONVERSATION, wire

SIZE = (320, 240)
LAYOUT = MarkLayout.for_size(*SIZE)
WORDS = WordLayout.for_chunks(1)
_RIFF, _VP8 = b"RIFF", b"WEBP"


@dataclass(frozen=True)
class Parser:
    """A parser, and inputs it takes."""

    parse: Callable[[bytes], Any]
    valid: Callable[[], list[bytes]]


def events(data: bytes) -> None:
    """Decode, let every event take effect on a stream, and make the row that the ledger keeps of it."""
    decoder, stream = EventDecoder(), Stream(0)
    stream.joined("e", 0.0)
    for piece in (data[: len(data) // 2], data[len(data) // 2 :], b"\n\n"):
        for event in decoder.feed(piece):
            if isinstance(event, Malformed | ServerError):
                assert event.text
            stream.take(event, 1.0)
    np.array([row_of_stream((0, 0, 0), stream, 1, Integrity())], dtype=STREAM)


def answer(data: bytes) -> None:
    """Read one HTTP answer; AnswerError is its only error."""
    try:
        found = Answer(Pieces(data, [7, 60, 300]))
        for _ in found.pieces():
            pass
    except AnswerError:
        pass


def replies(data: bytes) -> None:
    """Read what POSTs are answered."""
    for status in (200, 503):
        reply = Reply(status, data, 0.0, 0.0)
        assert event_id_of(reply).isascii()
        assert isinstance(refusal(reply), str)
        with suppress(ConnectionBrokeError):
            uploaded_path(reply)


def config(data: bytes) -> None:
    """Read a /config that is JSON; TargetError is its only error."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        _, endpoints, _ = read_config("http://127.0.0.1", found)
    except TargetError:
        return
    assert urlsplit(f"http://127.0.0.1{api_prefix(found)}/config").netloc == "127.0.0.1"
    assert all(0 < one.stream_every_s < inf and (one.time_limit_s is None or one.time_limit_s > 0) for one in endpoints)


def picture(data: bytes) -> None:
    """Look for a mark."""
    read_mark(data, LAYOUT)


def sound(data: bytes) -> None:
    """Listen for words."""
    words_in_sound(data, WORDS)


def transcript(data: bytes) -> None:
    """Read a transcript as it grows and shrinks."""
    reader = TranscriptReader(WORDS, 7)
    text = data.decode("utf-8", "replace")
    for end in (len(text) // 3, len(text), len(text) // 2):
        reader.read(text[:end], 60)


def ledger(data: bytes) -> None:
    """Read a ledger's blocks, as a worker sent them, and its file; LedgerError is its only error."""
    for _ in unpack(data):
        pass
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "0.ledger").write_bytes(data)
        with suppress(LedgerError):
            Ledger.read(Path(folder))


@cache
def _pictures() -> list[bytes]:
    jpeg = Camera(*SIZE, seed=5).jpeg(3, 9)
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    kinds = [cv2.imencode(ending, image)[1].tobytes() for ending in (".webp", ".png", ".jpg")]
    return [jpeg, *kinds]


@cache
def _sounds() -> list[bytes]:
    microphone = Microphone(1.0, seed=5)
    return [microphone.chunk(7, number).wav[:20_000] for number in (0, 3)]


@cache
def _ledgers() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        writer = LedgerWriter(Path(folder), "0", {"run": {"viewers": 1}, "endpoints": [{"api_name": "simple"}]})
        writer.viewer((0, 0, 1.0, 2.0))
        writer.stream(row_of_stream((0, 0, 0), Stream(0), 1, Integrity()))
        writer.note({"note": "error", "at_s": 1.0, "where": "app", "what": "x", "endpoint": None})
        writer.close()
        return [writer.path.read_bytes()]


def _answers() -> list[bytes]:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    whole = b'{"event_id":"' + b"a" * 32 + b'"}'
    return [
        head + b"transfer-encoding: chunked\r\n\r\n" + chunked(*(wire(message) for message in CONVERSATION)),
        head + b"content-length: %d\r\n\r\n%b" % (len(whole), whole),
        b"HTTP/1.1 100 Continue\r\n\r\n" + head + b"connection: close\r\n\r\nsome",
    ]


def _configs() -> list[bytes]:
    camera = {"id": 1, "type": "image", "props": {"sources": ["webcam"], "streaming": True, "label": "Camera"}}
    shown = {"id": 2, "type": "image", "props": {"label": "Shown"}}
    chosen = {"id": 3, "type": "dropdown", "props": {"value": "a", "choices": [["a", "a"], ["b", "b"]]}}
    event = {
        "id": 0,
        "api_name": "simple",
        "targets": [[1, "stream"]],
        "inputs": [1, 3],
        "outputs": [2],
        "connection": "stream",
        "time_limit": 30,
        "stream_every": 0.1,
        "backend_fn": True,
        "trigger_mode": "once",
    }
    whole = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "api_prefix": "/gradio_api",
        "components": [camera, shown, chosen],
        "dependencies": [event],
    }
    return [orjson.dumps(whole)]


PARSERS = {
    "events": Parser(events, lambda: [wire(*CONVERSATION)]),
    "answer": Parser(answer, _answers),
    "replies": Parser(replies, lambda: [b'{"event_id":"abc"}', b'{"detail":"Queue is full."}', b'["/tmp/a.wav"]']),
    "config": Parser(config, _configs),
    "picture": Parser(picture, _pictures),
    "sound": Parser(sound, _sounds),
    "transcript": Parser(transcript, lambda: ["".join(WORDS.spell(7, n) for n in range(9)).encode()]),
    "ledger": Parser(ledger, _ledgers),
}
