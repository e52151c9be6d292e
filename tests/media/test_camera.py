"""Cameras: spliced frames are what encoding would have made, and every decoder takes them."""

import io
from itertools import pairwise

import cv2
import numpy as np
import pybase64
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, JpegImagePlugin

from bench.errors import UsageError
from bench.media.camera import Camera
from bench.media.mark import Identity, Picture
from bench.media.reading import read_mark
from bench.media.scenes import PICTURES, fit, room

SIZES = [(320, 240), (640, 480), (800, 600), (854, 480), (641, 483), (1920, 1080)]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def camera(request: pytest.FixtureRequest) -> Camera:
    """Set up a camera of each size, those that fit no 16 px grid included."""
    return Camera(*request.param, seed=1)


def _pixels(jpeg: bytes) -> Picture:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def test_splicing_equals_encoding(camera: Camera) -> None:
    """A spliced frame decodes, pixel by pixel, to what painting the mark and encoding the picture gives."""
    layout = camera.layout
    viewer, frame = 5, 12 * 7 + 11  # phase 0 of the loop
    scene = next(iter(room(layout.width, layout.height, 1)))
    layout.paint(scene, layout.bits(viewer, frame))
    encoded = cv2.imencode(".jpg", scene, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
    assert np.array_equal(_pixels(camera.jpeg(viewer, frame)), _pixels(encoded))


def test_pillow_decodes_the_same_pixels(camera: Camera) -> None:
    """Pillow, which Gradio decodes with, takes the fill bytes and sees what OpenCV sees."""
    jpeg = camera.jpeg(3, 4)
    assert np.array_equal(np.array(Image.open(io.BytesIO(jpeg)))[..., ::-1], _pixels(jpeg))


def test_frames_are_as_a_browser_makes_them(camera: Camera) -> None:
    """Frames are 4:2:0 JPEGs of the size asked for, at most a quarter larger than a plain encoder's."""
    jpeg = camera.jpeg(0, 0)
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.size == (camera.layout.width, camera.layout.height)
        assert JpegImagePlugin.get_sampling(image) == 2  # Pillow's number for 4:2:0
    plain = cv2.imencode(".jpg", _pixels(jpeg), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    assert len(jpeg) < 1.25 * len(plain)


@settings(max_examples=40)
@given(viewer=st.integers(0, 2**20 - 1), frame=st.integers(0, 2**40))
def test_every_identity_can_be_minted(viewer: int, frame: int) -> None:
    """Any viewer and any frame, also beyond the counter's wrap, read back from their JPEG."""
    camera = SMALL
    viewer %= camera.layout.viewers
    expected = Identity(viewer, frame % 2**camera.layout.frame_bits)
    assert read_mark(camera.jpeg(viewer, frame), camera.layout) == expected


SMALL = Camera(320, 240, seed=8)


def test_base64_is_that_of_the_jpeg(camera: Camera) -> None:
    """The joined pieces are strict, canonical base64: decoding and encoding again gives the same text."""
    text = camera.base64(9, 9)
    assert pybase64.b64encode(pybase64.b64decode(text, validate=True)) == text
    assert camera.jpeg(9, 9) == pybase64.b64decode(text, validate=True)


def test_equal_seeds_give_equal_frames_and_others_do_not() -> None:
    """A run can be repeated: frames depend on seed, viewer and frame, and on nothing else."""
    again = Camera(320, 240, seed=8)
    assert [again.base64(viewer, 5) for viewer in range(3)] == [SMALL.base64(viewer, 5) for viewer in range(3)]
    assert Camera(320, 240, seed=9).base64(0, 5) != SMALL.base64(0, 5)


def test_the_scene_moves_and_viewers_are_out_of_step() -> None:
    """Successive frames differ beside their marks, the loop closes, and neighbours are at different phases."""
    middles = [_pixels(SMALL.jpeg(0, frame))[48:-48] for frame in range(PICTURES + 1)]
    assert all(np.abs(a.astype(int) - b).mean() > 1 for a, b in pairwise(middles))
    assert np.array_equal(middles[0], middles[-1])
    assert not np.array_equal(_pixels(SMALL.jpeg(1, 0))[48:-48], middles[0])


def test_own_pictures_replace_the_scene() -> None:
    """A user's own frames, of whatever size, are shown in their order under the marks."""
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    pictures = (np.full((100 + n, 300, 3), colour, np.uint8) for n, colour in enumerate(colours))
    camera = Camera(320, 240, seed=0, pictures=pictures)
    shown = [_pixels(camera.jpeg(0, frame))[120, 160] for frame in range(4)]
    assert [int(pixel.argmax()) for pixel in shown] == [0, 1, 2, 0]
    assert read_mark(camera.jpeg(6, 2), camera.layout) == Identity(6, 2)


def test_fitting_crops_about_the_centre() -> None:
    """A wide picture loses its sides, not its proportions."""
    wide: Picture = np.zeros((90, 320, 3), np.uint8)
    wide[:, 150:170] = 255
    fitted = fit(wide, 120, 90)
    assert fitted.shape == (90, 120, 3)
    assert fitted[45, 50:70].min() == 255
    assert fitted[45, :49].max() == 0


@pytest.mark.parametrize("quality", [0, 29, 101])
def test_a_quality_that_smears_the_mark_is_refused(quality: int) -> None:
    """JPEG qualities that cannot carry a mark raise an error that names the range."""
    with pytest.raises(UsageError, match="30 to 100"):
        Camera(320, 240, seed=1, quality=quality)


def test_no_pictures_are_refused() -> None:
    """An empty video raises an error that says what to do."""
    with pytest.raises(UsageError, match="at least one frame"):
        Camera(320, 240, seed=1, pictures=[])


@pytest.mark.parametrize("quality", [30, 60, 92, 100])
def test_marks_hold_at_every_quality(quality: int) -> None:
    """From the lowest quality allowed to the highest, frames read back."""
    camera = Camera(320, 240, seed=1, quality=quality, pictures=list(room(320, 240, 1))[:1])
    assert read_mark(camera.jpeg(7, 8), camera.layout) == Identity(7, 8)
