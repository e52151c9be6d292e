"""Object detection without a model: things of one colour, named after colour and shape, and faces by skin and eyes.

A picture is made small and cut along its outlines. What hangs together, is of a fair size and bulges outwards is a
thing. At an outline a step in colour counts more than one in lightness, so that shadows cut less than things do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from target_app.effects import Picture
from target_app.things import EDGE, Thing

_HEIGHT = 120  # px of the small picture: outlines are still there, the camera's noise is averaged away
_KERNEL = np.ones((3, 3), np.uint8)
_LEAST_STEP = 32  # of 255, across the kernel: less is no outline
_CHROMA_GAIN = 3
_LEAST_SHARE, _MOST_SHARE = 0.004, 0.35  # of the small picture: less is clutter, more is the background
_LEAST_SOLIDITY = 0.78  # area over that of the convex hull: a thing in full view seldom has deep dents
_MOST_THINGS = 8

# What a pixel of L*a*b* (a* and b* are 128 where there is no colour) weighs at an outline.
_LEVELS = np.arange(256)
_CHROMA = np.clip((_LEVELS - 128) * _CHROMA_GAIN + 128, 0, 255)
_WEIGHTS = np.stack([_LEVELS, _CHROMA, _CHROMA], axis=1)[None].astype(np.uint8)

_LEAST_SATURATION, _DARK, _LIGHT = 40, 60, 190  # of 255
_HUES = ("red", "orange", "yellow", "green", "green", "green", "cyan", "blue", "blue", "purple", "pink", "pink")

# Skin of all tones lies in one patch of the chroma plane (Chai and Ngan, 1999), widened a little for dim light.
_SKIN_CR, _SKIN_CB = (133, 175), (77, 127)
_EYES = 2
_FACE_SHAPE = (1.0, 2.4)  # height over width, with and without the neck
_LEAST_RECTANGLE, _LEAST_ELLIPSE = 0.85, 0.7  # of the box filled; an ellipse fills π/4


@dataclass(frozen=True, slots=True)
class _Blob:
    """A piece of the small picture: its box, its outline, how many holes it has, and its mean colour in RGB."""

    x: int
    y: int
    width: int
    height: int
    outline: NDArray[np.int32]
    holes: int
    colour: NDArray[np.uint8]

    @property
    def area(self) -> float:
        return float(cv2.contourArea(self.outline))

    @property
    def solidity(self) -> float:
        return self.area / max(float(cv2.contourArea(cv2.convexHull(self.outline))), 1.0)


def find(picture: Picture) -> list[Thing]:
    """Find up to 8 things in an RGB picture (height, width, 3), the largest first."""
    height, width = picture.shape[:2]
    shrink = _HEIGHT / height
    columns, rows = round(width * shrink), round((height - 2 * EDGE) * shrink)
    if min(columns, rows) < len(_KERNEL):
        return []
    small = cv2.resize(picture[EDGE : height - EDGE], (columns, rows), interpolation=cv2.INTER_AREA)
    solid = [blob for blob in _blobs(small) if blob.solidity >= _LEAST_SOLIDITY]
    solid.sort(key=lambda blob: -blob.area)
    return [_thing(blob, small.shape[:2], shrink) for blob in solid[:_MOST_THINGS]]


def _thing(blob: _Blob, size: tuple[int, ...], shrink: float) -> Thing:
    """Box a blob, with the outline around it that is part of the thing too."""
    rows, columns = size
    left, top = max(blob.x - 1, 0), max(blob.y - 1, 0)
    right, bottom = min(blob.x + blob.width + 1, columns), min(blob.y + blob.height + 1, rows)
    x, y, end_x, end_y = (round(side / shrink) for side in (left, top, right, bottom))
    return Thing(_label(blob), x, y + EDGE, end_x - x, end_y - y)


def _blobs(small: Picture) -> Iterator[_Blob]:
    """Yield the pieces of a fair size that the outlines leave of the picture."""
    weighed = cv2.LUT(cv2.cvtColor(small, cv2.COLOR_RGB2Lab), _WEIGHTS)
    steps = cv2.morphologyEx(weighed, cv2.MORPH_GRADIENT, _KERNEL).max(axis=2)
    flat = (steps < _LEAST_STEP).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
    for index, (x, y, width, height, area) in enumerate(stats.tolist()[1:], start=1):
        # What runs out of the picture at a side is mostly background.
        if _LEAST_SHARE <= area / flat.size <= _MOST_SHARE and 0 < x < x + width < flat.shape[1]:
            window = slice(y, y + height), slice(x, x + width)
            piece = (labels[window] == index).astype(np.uint8)
            colour = np.array(cv2.mean(small[window], mask=piece)[:3], np.uint8)
            yield _Blob(x, y, width, height, *_outline(piece), colour)


def _outline(piece: NDArray[np.uint8]) -> tuple[NDArray[np.int32], int]:
    """Find the piece's outer contour, and count its holes."""
    contours, hierarchy = cv2.findContours(piece, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    inside = hierarchy[0][:, 3] >= 0
    outer = next(contour for contour, hole in zip(contours, inside, strict=True) if not hole)
    return np.asarray(outer, np.int32), int(inside.sum())


def _label(blob: _Blob) -> str:
    is_long = _FACE_SHAPE[0] <= blob.height / blob.width <= _FACE_SHAPE[1]
    if is_long and blob.holes >= _EYES and _is_skin(blob.colour):
        return "face"
    return f"{_colour_name(blob.colour)} {_shape_name(blob)}"


def _is_skin(colour: NDArray[np.uint8]) -> bool:
    _, cr, cb = cv2.cvtColor(colour[None, None], cv2.COLOR_RGB2YCrCb)[0, 0].tolist()
    return bool(_SKIN_CR[0] <= cr <= _SKIN_CR[1] and _SKIN_CB[0] <= cb <= _SKIN_CB[1])


def _colour_name(colour: NDArray[np.uint8]) -> str:
    hue, saturation, value = cv2.cvtColor(colour[None, None], cv2.COLOR_RGB2HSV)[0, 0].tolist()
    if value < _DARK:
        return "black"
    if saturation < _LEAST_SATURATION:
        return "white" if value > _LIGHT else "gray"
    return _HUES[round(hue / 15) % len(_HUES)]


def _shape_name(blob: _Blob) -> str:
    filled = blob.area / (blob.width * blob.height)
    if filled >= _LEAST_RECTANGLE:
        return "rectangle"
    return "ellipse" if filled >= _LEAST_ELLIPSE else "shape"
