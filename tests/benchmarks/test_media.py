"""What a frame costs: minting it, and reading its mark from a result. `make bench` measures; the ratios always hold."""

import io
import time
from collections.abc import Callable

import cv2
import pytest
from PIL import Image
from pytest_benchmark.fixture import BenchmarkFixture

from bench.media.camera import Camera
from bench.media.decoding import luma
from bench.media.mark import Identity
from bench.media.reading import read_mark
from bench.media.scenes import room

MINT_BAR_S = 30e-6
READ_BAR_S = 150e-6


@pytest.fixture(scope="module")
def camera() -> Camera:
    """Set up a 640×480 camera."""
    return Camera(640, 480, seed=1)


@pytest.fixture(scope="module")
def result(camera: Camera) -> bytes:
    """Encode a frame as Gradio sends it back: WebP by Pillow, at its default quality of 80."""
    file = io.BytesIO()
    Image.open(io.BytesIO(camera.jpeg(7, 1234))).save(file, "webp")
    return file.getvalue()


def _least_s(action: Callable[[], object], calls: int) -> float:
    """Seconds per call in the quickest of several rounds: what the action costs when nothing disturbs it."""
    rounds = []
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(calls):
            action()
        rounds.append((time.perf_counter() - start) / calls)
    return min(rounds)


def test_mint(benchmark: BenchmarkFixture, camera: Camera) -> None:
    """Minting one marked 640×480 frame as base64; the bar is 30 µs."""
    benchmark.extra_info["bar_s"] = MINT_BAR_S
    assert len(benchmark(camera.base64, 7, 1234)) > 10_000


def test_read(benchmark: BenchmarkFixture, camera: Camera, result: bytes) -> None:
    """Reading a mark from a WebP result, everything included; the bar is 150 µs."""
    benchmark.extra_info["bar_s"] = READ_BAR_S
    assert benchmark(read_mark, result, camera.layout) == Identity(7, 1234)


def test_minting_is_far_cheaper_than_encoding(camera: Camera) -> None:
    """Splicing costs less than a twentieth of painting the mark and encoding the picture."""
    scene = next(room(640, 480, 1))
    bits = camera.layout.bits(7, 1234)

    def encode() -> None:
        camera.layout.paint(scene, bits)
        cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, 85])

    assert 20 * _least_s(lambda: camera.base64(7, 1234), 100) < _least_s(encode, 5)


def test_cropped_reading_is_far_cheaper_than_decoding(camera: Camera, result: bytes) -> None:
    """Reading a mark costs less than a fifth of decoding the picture it is in."""
    whole = luma(result)
    assert whole is not None
    assert whole.shape == (480, 640)
    assert 5 * _least_s(lambda: read_mark(result, camera.layout), 30) < _least_s(lambda: luma(result), 3)
