"""What the reference app's handlers cost per 640 × 480 frame, and per second of sound."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.media.scenes import room
from target_app.dtmf import recognise
from target_app.effects import EFFECTS, Picture
from target_app.pages import filters, objects, simple, unified
from target_app.pages.audio import Transcriber
from target_app.sound import History
from tests.target_app.keytones import spoken


@pytest.fixture(scope="module")
def picture() -> Picture:
    """Paint a smooth scene with some noise, as a camera gives it."""
    generator = np.random.default_rng(3)
    scene = cv2.resize(generator.integers(0, 256, (12, 16, 3), np.uint8), (640, 480), interpolation=cv2.INTER_CUBIC)
    return cv2.add(scene, generator.integers(0, 12, scene.shape, np.uint8))


def test_simple(benchmark: BenchmarkFixture, picture: Picture) -> None:
    """The passthrough is the floor."""
    assert benchmark(simple.show, picture) is picture


@pytest.mark.parametrize("handle", [filters.transform, unified.transform_in_place])
@pytest.mark.parametrize("effect", EFFECTS)
def test_effect(benchmark: BenchmarkFixture, picture: Picture, handle: Callable[..., Picture], effect: str) -> None:
    """Each effect as each of the two filter pages runs it."""
    assert benchmark(handle, picture, effect).shape == (480, 640, 3)


def test_objects(benchmark: BenchmarkFixture) -> None:
    """Finding and drawing on the synthetic camera's scene, with a face and a window in it."""
    scene = cv2.cvtColor(next(room(640, 480, 1)), cv2.COLOR_BGR2RGB)
    _, found, _ = benchmark(objects.detect, scene)
    assert "face" in [thing["label"] for thing in found]


def test_audio(benchmark: BenchmarkFixture) -> None:
    """A second of sound full of digits, after three others."""
    transcriber, history = Transcriber(recognise), History()
    chunk = 48000, (spoken("1234567890", 48000)[:48000] * 32767).astype(np.int16)
    for _ in range(3):
        history, _ = transcriber.transcribe(chunk, history, "")
    _, transcript = benchmark(transcriber.transcribe, chunk, history, "")
    assert len(transcript) >= 9
