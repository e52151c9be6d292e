"""Things found in a picture: as values, as boxes drawn, and in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import cv2

from target_app.effects import Picture

EDGE = 48
"""Rows of pixels at the top and the bottom that are neither searched nor drawn on: a load test has its marks there."""

_BOX_COLOUR, _TEXT_COLOUR = (255, 214, 10), (20, 20, 20)
_FONT, _FONT_SCALE, _PADDING = cv2.FONT_HERSHEY_SIMPLEX, 0.5, 4


@dataclass(frozen=True, slots=True)
class Thing:
    """Something found: what it is, and its box in px of the picture."""

    label: str
    x: int
    y: int
    width: int
    height: int


def draw(picture: Picture, things: Iterable[Thing]) -> Picture:
    """Copy the RGB `picture` (height, width, 3) with a labelled box on each of `things`; its outer rows stay."""
    drawn = picture.copy()
    inner = drawn[EDGE : len(drawn) - EDGE]  # OpenCV clips what reaches beyond
    for thing in things:
        left, top = thing.x, thing.y - EDGE
        cv2.rectangle(inner, (left, top), (left + thing.width - 1, top + thing.height - 1), _BOX_COLOUR, 2)
        _write(inner, thing.label, left, top, thing.width)
    return drawn


def _write(picture: Picture, label: str, left: int, top: int, width: int) -> None:
    """Write `label` in a box's corner; only its first word, the colour, where the box is too narrow for more."""
    if _text_size(label)[0] > width:
        label = label.split(maxsplit=1)[0]
    across, above, below = _text_size(label)
    foot = top + _PADDING + above
    cv2.rectangle(picture, (left, top), (left + across, foot + below), _BOX_COLOUR, cv2.FILLED)
    cv2.putText(picture, label, (left + _PADDING, foot), _FONT, _FONT_SCALE, _TEXT_COLOUR, 1, cv2.LINE_AA)


def _text_size(label: str) -> tuple[int, int, int]:
    """Measure in px, padding included: how wide, how far above the line, how far below it."""
    (width, height), below = cv2.getTextSize(label, _FONT, _FONT_SCALE, 1)
    return width + 2 * _PADDING, height, below


def in_words(things: Iterable[Thing]) -> str:
    """Say how many of what, as in `1 face, 2 green rectangles`."""
    counts = Counter(thing.label for thing in things)
    return ", ".join(f"{count} {label}{'s' if count > 1 else ''}" for label, count in counts.items()) or "nothing"
