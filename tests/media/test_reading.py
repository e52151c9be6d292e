"""Reading marks from files: formats, damage, what an app draws over them, and machines without libwebp."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.media import decoding, reading
from bench.media.camera import Camera
from bench.media.mark import Identity, Picture
from bench.media.reading import read_mark
from bench.media.webp import CroppedDecoder, cropped_decoder

SIZE = (640, 480)
MARKED = Identity(viewer=4097, frame=70_001)


@pytest.fixture(scope="module")
def camera() -> Camera:
    """Set up one camera for all tests here."""
    return Camera(*SIZE, seed=2)


@pytest.fixture
def picture(camera: Camera) -> Picture:
    """Decode the marked frame as an app does: RGB pixels."""
    return np.array(Image.open(io.BytesIO(camera.jpeg(MARKED.viewer, MARKED.frame))))


def save(picture: Picture, file_format: str, **options: Any) -> bytes:
    """Encode as Gradio does: through Pillow."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, file_format, **options)
    return file.getvalue()


FORMATS: dict[str, Callable[[Picture], bytes]] = {
    "webp": lambda picture: save(picture, "webp"),
    "lossless webp": lambda picture: save(picture, "webp", lossless=True, method=0),
    "webp with alpha": lambda picture: save(np.dstack([picture, picture[..., 0]]), "webp"),
    "animated webp": lambda picture: save(
        picture, "webp", save_all=True, append_images=[Image.new("RGB", SIZE)], duration=100
    ),
    "jpeg": lambda picture: save(picture, "jpeg"),
    "progressive jpeg": lambda picture: save(picture, "jpeg", progressive=True),
    "grey jpeg": lambda picture: save(picture[..., 1], "jpeg"),
    "png": lambda picture: save(picture, "png", compress_level=1),
    "png with alpha": lambda picture: save(np.dstack([picture, picture[..., 0]]), "png", compress_level=1),
}


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_format_is_read(camera: Camera, picture: Picture, file_format: str) -> None:
    """Whatever format an app's Image component sends, the mark comes back."""
    assert read_mark(FORMATS[file_format](picture), camera.layout) == MARKED


@pytest.mark.parametrize("file_format", FORMATS)
def test_reading_needs_no_libwebp(
    camera: Camera, picture: Picture, file_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the cropped decoder cannot be had, whole pictures are decoded instead, and read the same."""
    monkeypatch.setattr(decoding, "cropped_decoder", lambda: None)
    assert read_mark(FORMATS[file_format](picture), camera.layout) == MARKED


@pytest.mark.parametrize("rows", [slice(0, 40), slice(440, 480)], ids=["top", "bottom"])
@pytest.mark.parametrize("file_format", ["webp", "jpeg"])
def test_one_band_is_enough(camera: Camera, picture: Picture, rows: slice, file_format: str) -> None:
    """An app that draws a caption over one band leaves the other to read."""
    picture[rows] = 200
    assert read_mark(FORMATS[file_format](picture), camera.layout) == MARKED


@pytest.mark.parametrize("size", [SIZE, (800, 600), (653, 495)], ids=["640x480", "800x600", "653x495"])
@pytest.mark.parametrize("turn", [(1, 1), (-1, 1), (1, -1), (-1, -1)], ids=["upright", "flip", "mirror", "both"])
def test_webp_results_are_read_from_their_top_alone(
    size: tuple[int, int], turn: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a WebP result lies, and whatever its size, the rest of the picture is never decoded."""
    monkeypatch.setattr(reading, "luma", lambda image: pytest.fail("the whole picture was decoded"))
    camera = Camera(*size, seed=2, pictures=[np.full((*size[::-1], 3), 90, np.uint8)])
    picture = np.array(Image.open(io.BytesIO(camera.jpeg(3, 4))))
    result = save(np.ascontiguousarray(picture[:: turn[0], :: turn[1]]), "webp", method=0)
    assert read_mark(result, camera.layout) == Identity(3, 4)


JPEGS: dict[str, Callable[[Picture], bytes]] = {
    "usual": lambda picture: save(picture, "jpeg"),
    "full colour": lambda picture: save(picture, "jpeg", subsampling=0),
    "grey": lambda picture: save(picture[..., 1], "jpeg"),
    "optimised": lambda picture: save(picture, "jpeg", optimize=True),
    "restarts by row": lambda picture: save(picture, "jpeg", restart_marker_rows=1),
    "restarts by 7 blocks": lambda picture: save(picture, "jpeg", restart_marker_blocks=7),
    "restarts everywhere": lambda picture: save(picture, "jpeg", restart_marker_blocks=1),
}


@pytest.mark.parametrize("kind", JPEGS)
def test_jpeg_results_are_read_from_their_top_alone(
    camera: Camera, picture: Picture, kind: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The top rows of a baseline JPEG are those of the whole picture, decoded without the rest and without a word."""
    image = JPEGS[kind](picture)
    top, whole = decoding.top_luma(image, 0.1), decoding.luma(image)
    assert top is not None
    assert whole is not None
    assert np.array_equal(top, whole[:48])
    monkeypatch.setattr(reading, "luma", lambda image: pytest.fail("the whole picture was decoded"))
    assert read_mark(image, camera.layout) == MARKED
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("file_format", ["webp", "jpeg", "png"])
def test_what_bears_no_mark_is_refused(camera: Camera, picture: Picture, file_format: str) -> None:
    """A picture without a mark, blank, noisy or of one pixel, reads as None."""
    noise = np.random.default_rng(4).integers(0, 256, picture.shape, dtype=np.uint8)
    for unmarked in (picture[40:440], np.zeros_like(picture), noise, picture[:1, :1], np.rot90(picture)):
        assert read_mark(FORMATS[file_format](np.ascontiguousarray(unmarked)), camera.layout) is None


@pytest.mark.parametrize("file_format", ["webp", "jpeg", "png"])
def test_damaged_files_are_read_or_refused(camera: Camera, picture: Picture, file_format: str) -> None:
    """Cut and overwritten files never raise and never give another identity."""
    whole = FORMATS[file_format](picture)
    rng = np.random.default_rng(6)
    damaged = [whole[:length] for length in rng.integers(0, len(whole), 15).tolist()]
    damaged += [whole[:at] + rng.bytes(40) + whole[at + 40 :] for at in rng.integers(0, 4000, 15).tolist()]
    assert {read_mark(image, camera.layout) for image in damaged} <= {MARKED, None}


@pytest.mark.parametrize("image", [b"", b"\xff\xd8", b"RIFF\x00\x00\x00\x00WEBP", b"GIF89a", b"<html></html>" * 20])
def test_no_picture_at_all_is_refused(camera: Camera, image: bytes) -> None:
    """Bytes that are no picture read as None."""
    assert read_mark(image, camera.layout) is None


def test_a_mark_is_read_in_its_own_layout_only(camera: Camera, picture: Picture) -> None:
    """A frame of another resolution is refused, not read as some viewer of this one."""
    assert read_mark(save(picture, "webp"), Camera(320, 240, seed=2).layout) is None


def test_the_cropped_decoder_works_here() -> None:
    """The libwebp inside the `webp` package passes its self-check on the platform the tests run on."""
    assert cropped_decoder() is not None


def test_cropped_rows_are_those_of_the_whole_picture(picture: Picture) -> None:
    """The cropped decoder gives the top rows, to within what it saves by not deblocking."""
    decoder = cropped_decoder()
    assert decoder is not None
    image = save(picture, "webp")
    top = decoder.top(image, 0.1)
    whole = decoding.luma(image)
    assert top is not None
    assert whole is not None
    assert top.shape == (48, 640)
    assert np.abs(top - (16 + whole[:48] * (219 / 255))).mean() < 2


def test_a_library_without_libwebp_is_not_used() -> None:
    """Loading something that exports no decoder fails at once, so that the caller can do without."""
    with pytest.raises((OSError, AttributeError)):
        CroppedDecoder(Path(cv2.__file__))
