"""What a mark survives: every filter, encoding and resize, with the counts that docs/marks.md states."""

import io
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.media.__main__ import budget_table
from bench.media.camera import Camera
from bench.media.mark import Identity, Picture
from bench.media.reading import read_mark
from bench.media.scenes import room

DOCS = (Path(__file__).parents[2] / "docs" / "marks.md").read_text()
SIZES = [(320, 240), (640, 480), (1000, 600)]  # the last one fits no 16 px grid, neither across nor down
QUALITIES = [60, 85]
RESIZES = [(1.0, 1.0), (1.0, 0.5), (1.0, 0.7), (1.0, 2.0), (0.5, 1.0), (1.5, 1.0)]  # before and after the filter


def _cartoon(picture: Picture) -> Picture:
    """Flatten the colours and draw the edges black, with the parameters of Gradio's streaming guide."""
    colour = cv2.pyrDown(cv2.pyrDown(picture))
    for _ in range(6):
        colour = cv2.bilateralFilter(colour, 9, 9, 7)
    colour = cv2.pyrUp(cv2.pyrUp(colour))
    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 7)
    edges = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 2)
    return np.asarray(cv2.bitwise_and(colour, cv2.cvtColor(edges, cv2.COLOR_GRAY2RGB)), np.uint8)


FILTERS: dict[str, Callable[[Picture], Picture]] = {
    "nothing": lambda picture: picture,
    "vertical flip": lambda picture: picture[::-1],
    "mirror": lambda picture: picture[:, ::-1],
    "flip and mirror": lambda picture: picture[::-1, ::-1],
    "negative": lambda picture: 255 - picture,
    "edges (Canny 100, 200)": lambda picture: np.asarray(cv2.Canny(picture, 100, 200), np.uint8),
    "cartoon": _cartoon,
}
ENCODINGS = [("webp", {"quality": 80}), ("jpeg", {"quality": 60}), ("jpeg", {"quality": 75}), ("png", {})]


@pytest.fixture(scope="module")
def frames() -> list[tuple[Camera, Identity, Picture]]:
    """Mint one frame of every size and camera quality, as an app gets it."""
    rng, made = np.random.default_rng(5), []
    for size, quality in product(SIZES, QUALITIES):
        camera = Camera(*size, seed=3, quality=quality, pictures=list(room(*size, 3))[:1])
        identity = Identity(*rng.integers(0, 4096, 2).tolist())
        jpeg = camera.jpeg(identity.viewer, identity.frame)
        made.append((camera, identity, np.array(Image.open(io.BytesIO(jpeg)))))
    return made


def _resized(picture: Picture, scale: float) -> Picture:
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), size, interpolation=interpolation), np.uint8)


def _results(picture: Picture, apply: Callable[[Picture], Picture]) -> Iterator[bytes]:
    """Every encoding of the filtered picture, resized before or after the filter."""
    for before, after in RESIZES:
        result = Image.fromarray(_resized(apply(_resized(picture, before)), after))
        for file_format, options in ENCODINGS:
            file = io.BytesIO()
            result.save(file, file_format, **({"compress_level": 1} | options))
            yield file.getvalue()


@pytest.mark.parametrize("name", FILTERS)
def test_a_mark_survives(name: str, frames: list[tuple[Camera, Identity, Picture]]) -> None:
    """Every result of the filter reads back as its own frame, and docs/marks.md states how many there were."""
    read = [
        read_mark(result, camera.layout) == identity
        for camera, identity, picture in frames
        for result in _results(picture, FILTERS[name])
    ]
    assert f"| {name} | {sum(read)} of {len(read)} |" in DOCS
    assert all(read)


def test_the_documented_budget_is_the_real_one() -> None:
    """The table of resolutions in docs/marks.md is what `python -m bench.media` prints."""
    assert budget_table() in DOCS
