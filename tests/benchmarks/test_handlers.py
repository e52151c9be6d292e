"""What the reference app's handlers cost per 640 × 480 frame, and per second of sound."""

from collections.abc import Callable

import numpy as np
import pytest

from bench.pytest_plugin.handlers import BenchChunks, BenchFrames
from target_app.dtmf import recognise
from target_app.effects import EFFECTS, Picture
from target_app.pages import filters, objects, simple, unified
from target_app.pages.audio import Transcriber
from target_app.sound import History
from tests.target_app.keytones import spoken


def test_simple(bench_frames: BenchFrames) -> None:
    """The passthrough is the floor."""
    assert bench_frames(simple.show).shape == (480, 640, 3)


@pytest.mark.parametrize("handle", [filters.transform, unified.transform_in_place])
@pytest.mark.parametrize("effect", EFFECTS)
def test_effect(bench_frames: BenchFrames, handle: Callable[..., Picture], effect: str) -> None:
    """Each effect as each of the two filter pages runs it."""
    assert bench_frames(handle, effect).shape == (480, 640, 3)


def test_objects(bench_frames: BenchFrames) -> None:
    """Finding and drawing on the synthetic camera's scene, with a face and a window in it."""
    _, found, _ = bench_frames(objects.detect)
    assert "face" in [thing["label"] for thing in found]


def test_audio(bench_chunks: BenchChunks) -> None:
    """A second of the synthetic microphone's sound, after three that are full of digits."""
    transcriber, history = Transcriber(recognise), History()
    chunk = 48000, (spoken("1234567890", 48000)[:48000] * 32767).astype(np.int16)
    for _ in range(3):
        history, _ = transcriber.transcribe(chunk, history, "")
    _, transcript = bench_chunks(transcriber.transcribe, history, "")
    assert transcript
