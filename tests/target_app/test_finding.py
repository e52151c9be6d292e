"""Finding things in pictures, and showing what was found."""

import io
import math

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.media.camera import Camera
from bench.media.mark import Identity
from bench.media.reading import read_mark
from target_app.effects import Picture
from target_app.finding import find
from target_app.pages import objects
from target_app.things import EDGE, Thing, draw, in_words

RED, GREEN, BLUE, GRAY = (210, 40, 40), (40, 160, 60), (40, 80, 200), (128, 128, 128)


def seen_by_camera(camera: Camera, frame: int) -> Picture:
    """Decode a frame as the app gets it: RGB."""
    return np.asarray(Image.open(io.BytesIO(camera.jpeg(0, frame))))


def as_result(picture: Picture) -> bytes:
    """Encode a picture as Gradio sends it back: WebP by Pillow."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "webp")
    return file.getvalue()


@pytest.fixture
def shapes() -> Picture:
    """Paint a large red rectangle and a smaller blue disc on gray: 480 × 640."""
    picture = np.full((480, 640, 3), GRAY, np.uint8)
    cv2.rectangle(picture, (80, 120), (279, 299), RED, cv2.FILLED)
    cv2.circle(picture, (450, 300), 60, BLUE, cv2.FILLED)
    return picture


def test_things_are_named_by_colour_and_shape_and_boxed(shapes: Picture) -> None:
    """The largest comes first; boxes fit within the few pixels that the outline takes."""
    rectangle, disc = find(shapes)
    assert (rectangle.label, disc.label) == ("red rectangle", "blue ellipse")
    for thing, box in ((rectangle, (80, 120, 200, 180)), (disc, (390, 240, 120, 120))):
        assert np.allclose((thing.x, thing.y, thing.width, thing.height), box, atol=12)


def test_boxes_move_with_what_moves(shapes: Picture) -> None:
    """The picture shifted by 40 px shifts both boxes by as much."""
    moved = np.roll(shapes, 40, axis=1)
    assert [thing.x for thing in find(moved)] == [thing.x + 40 for thing in find(shapes)]


def test_nothing_stands_out_of_one_colour() -> None:
    """A shaded, noisy wall is no thing, and a picture too small to search has none."""
    shade = np.linspace(90, 160, 640)[None, :, None] + np.random.default_rng(5).normal(0, 3.5, (480, 640, 3))
    assert find(shade.astype(np.uint8)) == []
    assert find(np.zeros((2, 3, 3), np.uint8)) == []
    assert find(np.zeros((2 * EDGE + 1, 640, 3), np.uint8)) == []


def test_what_runs_out_at_a_side_is_background(shapes: Picture) -> None:
    """A thing cut off by the left or the right of the picture is taken for what lies behind the others."""
    assert [thing.label for thing in find(np.roll(shapes, -100, axis=1))] == ["blue ellipse"]


def test_the_outermost_rows_are_not_searched() -> None:
    """What lies in the rows of a load test's marks is never reported."""
    picture = np.full((480, 640, 3), GRAY, np.uint8)
    picture[:EDGE, 100:300], picture[-EDGE:, 300:500] = RED, GREEN
    assert find(picture) == []


def test_the_synthetic_cameras_face_is_found_and_followed() -> None:
    """At the default seed the swaying person's face is found in every picture of the scene, where it is."""
    camera = Camera(640, 480, seed=1)
    for frame in range(12):
        (face,) = (thing for thing in find(seen_by_camera(camera, frame)) if thing.label == "face")
        centre = 640 * (0.5 + math.sin(2 * math.pi * frame / 12) / 12)
        assert abs(face.x + face.width / 2 - centre) < 20


def test_faces_are_found_in_nearly_every_scene() -> None:
    """People of other skins before walls of other colours: four faces of five are found, no second one."""
    found = [
        sum(thing.label == "face" for thing in find(seen_by_camera(Camera(640, 480, seed=seed), 3)))
        for seed in range(20)
    ]
    assert max(found) == 1
    assert sum(found) >= 16


@pytest.mark.parametrize(("width", "height"), [(320, 240), (640, 480), (1280, 720)])
def test_marks_survive_the_boxes(width: int, height: int) -> None:
    """The mark of every frame is read back from the page's own result, and its rows are as they came."""
    camera = Camera(width, height, seed=1)
    for frame in range(4):
        picture = seen_by_camera(camera, frame)
        result, found, _ = objects.detect(picture)
        assert result is not None
        assert found
        assert not np.array_equal(result, picture)
        assert read_mark(as_result(result), camera.layout) == Identity(0, frame)
        assert np.array_equal(result[:EDGE], picture[:EDGE])
        assert np.array_equal(result[-EDGE:], picture[-EDGE:])


def test_a_box_that_reaches_beyond_leaves_the_outer_rows_alone(shapes: Picture) -> None:
    """Whatever is asked to be drawn is clipped, and the picture that came is not drawn on."""
    before = shapes.copy()
    drawn = draw(shapes, [Thing("face", -20, 0, 700, 480), Thing("green rectangle", 600, 400, 90, 90)])
    assert np.array_equal(shapes, before)
    assert not np.array_equal(drawn, before)
    assert np.array_equal(drawn[:EDGE], before[:EDGE])
    assert np.array_equal(drawn[-EDGE:], before[-EDGE:])


def test_in_words() -> None:
    """Equal labels are counted together, in the order they came."""
    green = Thing("green rectangle", 0, 0, 9, 9)
    assert in_words([green, Thing("face", 0, 0, 9, 9), green]) == "2 green rectangles, 1 face"
    assert in_words([]) == "nothing"


def test_the_handler_gives_picture_json_and_words(shapes: Picture) -> None:
    """One call fills all three outputs with the same things; without a picture there is nothing to show."""
    result, found, words = objects.detect(shapes)
    assert result is not None
    assert result.shape == shapes.shape
    assert [thing["label"] for thing in found] == ["red rectangle", "blue ellipse"]
    assert set(found[0]) == {"label", "x", "y", "width", "height"}
    assert words == "1 red rectangle, 1 blue ellipse"
    assert objects.detect(None) == (None, [], "")
