"""Scenes: seeded moving pictures with about as much detail as a webcam's, so that frames weigh what real ones do."""

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.media.mark import Picture

PICTURES = 12  # a loop of 1.2 s at 10 fps
_NOISE_SIGMA = 3.5  # grey levels: a webcam's sensor indoors
_MARGIN = 0.04  # of a side: how far the room's wall sways, as with a camera held in the hand

Colour = tuple[int, int, int]


def room(width: int, height: int, seed: int) -> Iterator[Picture]:
    """Yield a loop of 12 BGR pictures (height, width, 3): a person swaying in front of a textured room.

    Equal arguments yield equal pictures.
    """
    rng = np.random.default_rng(seed)
    wall = _wall(rng, math.ceil(width * (1 + 2 * _MARGIN)), math.ceil(height * (1 + 2 * _MARGIN)))
    shirt, tone = _colour(rng, 40, 200), rng.uniform(0.4, 1.1)
    skin = (round(120 * tone), round(150 * tone), round(205 * tone))
    shade = cv2.merge([_shade(rng, width, height)] * 3)
    grain = rng.normal(0, _NOISE_SIGMA, (height + 64, width + 64, 3)).astype(np.int8)
    for index in range(PICTURES):
        angle = 2 * math.pi * index / PICTURES
        left = round(width * _MARGIN * (1 + math.cos(angle)))
        top = round(height * _MARGIN * (1 + math.sin(2 * angle)))
        picture = wall[top : top + height, left : left + width].copy()
        _person(picture, math.sin(angle), shirt, skin)
        lit = cv2.multiply(picture, shade, scale=1 / 128)
        y, x = rng.integers(0, 64, 2)
        yield np.asarray(cv2.add(lit, grain[y : y + height, x : x + width], dtype=cv2.CV_8U), np.uint8)


def fit(picture: Picture, width: int, height: int) -> Picture:
    """`picture` scaled to cover `width` × `height`, and cropped about its centre: as a browser fits a camera."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = max(round(picture.shape[1] * scale), width), max(round(picture.shape[0] * scale), height)
    shrinks_or_grows = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(picture, size, interpolation=shrinks_or_grows)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def _wall(rng: np.random.Generator, width: int, height: int) -> Picture:
    """Draw a wall with plaster texture, a window and two shelves of books."""
    wall = np.array(_colour(rng, 120, 200), np.float32) + _texture(rng, width, height, 30)[..., None]
    picture: Picture = np.clip(wall, 0, 255).astype(np.uint8)
    _window(rng, picture[height // 8 : height // 2, width // 16 : width * 5 // 16])
    _books(rng, picture[height // 6 : height // 3, width * 5 // 8 : width * 15 // 16])
    _books(rng, picture[height * 3 // 8 : height * 9 // 16, width * 5 // 8 : width * 15 // 16])
    return picture


def _texture(rng: np.random.Generator, width: int, height: int, contrast: float) -> NDArray[np.float32]:
    """Octaves of smooth noise, each half as strong as the one before: (height, width), within ± contrast."""
    texture = np.zeros((height, width), np.float32)
    for octave in range(2, 9):
        cells = 2**octave
        grid = rng.uniform(-contrast, contrast, (cells * height // width + 1, cells)).astype(np.float32)
        texture += cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR) / 2 ** (octave - 1)
    return texture


def _shade(rng: np.random.Generator, width: int, height: int) -> Picture:
    """How light falls on everything, 128 leaving it as it is: brighter on the left, a little uneven."""
    light = np.linspace(145, 95, width, dtype=np.float32) + _texture(rng, width, height, 25)
    return np.asarray(np.clip(light, 0, 255), np.uint8)


def _window(rng: np.random.Generator, pane: Picture) -> None:
    """Trees under a sky, behind a frame with a cross."""
    height, width = pane.shape[:2]
    leaves = _texture(rng, width, height, 140)[..., None]
    height_of_trees = np.linspace(-90, 90, height, dtype=np.float32)[:, None, None]
    sky, trees = np.array([235, 215, 190], np.float32), np.array([50, 95, 60], np.float32) + leaves / 2
    pane[:] = np.clip(np.where(leaves + height_of_trees > 0, trees, sky), 0, 255)
    bar = max(height // 24, 1)
    cv2.rectangle(pane, (0, 0), (width - 1, height - 1), (225, 230, 235), 2 * bar)
    cv2.line(pane, (width // 2, 0), (width // 2, height), (225, 230, 235), bar)
    cv2.line(pane, (0, height // 2), (width, height // 2), (225, 230, 235), bar)


def _books(rng: np.random.Generator, shelf: Picture) -> None:
    """Spines of many colours and heights, standing on a board."""
    height, width = shelf.shape[:2]
    shelf[:] = shelf // 3
    left, board = 0, max(height // 12, 1)
    while left < width:
        right, top = left + int(rng.integers(width // 24, width // 12)) + 1, int(rng.integers(0, height // 3))
        cv2.rectangle(shelf, (left, top), (right, height), _colour(rng, 20, 220), -1)
        title = top + (height - top) // 3
        cv2.rectangle(shelf, (left + 2, title), (right - 2, title + board), _colour(rng, 20, 220), -1)
        cv2.line(shelf, (right, top), (right, height), (15, 15, 15), 1)
        left = right + 1
    cv2.rectangle(shelf, (0, height - board), (width, height), (40, 70, 105), -1)


def _person(picture: Picture, sway: float, shirt: Colour, skin: Colour) -> None:
    """Head and shoulders, `sway` (−1 to 1) of a twelfth of the width off the centre."""
    height, width = picture.shape[:2]
    x, unit = round(width * (0.5 + sway / 12)), height / 100
    face_y, tilt = round(48 * unit), 6 * sway
    hair: Colour = (30, 35, 45)

    def ellipse(dx: float, y: float, across: float, down: float, colour: Colour) -> None:
        centre, axes = (round(x + dx * unit), round(y)), (round(across * unit), round(down * unit))
        cv2.ellipse(picture, centre, axes, tilt, 0, 360, colour, -1, cv2.LINE_AA)

    ellipse(0, height, 38, 34, shirt)
    ellipse(0, face_y + 20 * unit, 7, 14, (skin[0] - 25, skin[1] - 25, skin[2] - 25))
    ellipse(0, face_y - 5 * unit, 18, 21, hair)
    ellipse(0, face_y, 15, 20, skin)
    for side in (-6, 6):
        ellipse(side, face_y - 3 * unit, 3, 1.6, (235, 235, 235))
        ellipse(side + sway, face_y - 3 * unit, 1.4, 1.4, (40, 30, 25))
        ellipse(side, face_y - 7 * unit, 4, 0.9, hair)
    ellipse(sway, face_y + 10 * unit, 6, 1.5 + sway**2, (80, 75, 150))


def _colour(rng: np.random.Generator, low: int, high: int) -> Colour:
    blue, green, red = rng.integers(low, high, 3).tolist()
    return blue, green, red
