"""Things found in a picture: as values, as boxes drawn, and in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import cv2

from target_app.effects import Picture

EDGE = 48
"""Rows of pixels at the top and the bottom that are neither searched nor drawn on: a load test has its marks there."""

_BOX_COLOUR, _TEXT_COLOUR = (255, 214, 10), (20, 20, 20)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FULL_SIZE = 480  # rows of a picture whose lines are 2 px wide and whose letters about 11 px high; others in proportion


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
    scale = max(len(picture) / _FULL_SIZE, 0.8)
    inner = drawn[EDGE : len(drawn) - EDGE]  # OpenCV clips what reaches beyond
    for thing in things:
        left, top = thing.x, thing.y - EDGE
        cv2.rectangle(
            inner, (left, top), (left + thing.width - 1, top + thing.height - 1), _BOX_COLOUR, round(2 * scale)
        )
        _write(inner, thing, scale)
    return drawn


def _write(inner: Picture, thing: Thing, scale: float) -> None:
    """Write the label in the box's corner; only its first word, the colour, where the box is too narrow for more."""
    label, left, top = thing.label, thing.x, thing.y - EDGE
    size, thick, padding = scale / 2, round(scale), round(4 * scale)
    if cv2.getTextSize(label, _FONT, size, thick)[0][0] + 2 * padding > thing.width:
        label = label.split(maxsplit=1)[0]
    (across, above), below = cv2.getTextSize(label, _FONT, size, thick)
    right, foot = left + across + 2 * padding, top + above + padding
    cv2.rectangle(inner, (left, top), (right, foot + below), _BOX_COLOUR, cv2.FILLED)
    cv2.putText(inner, label, (left + padding, foot), _FONT, size, _TEXT_COLOUR, thick, cv2.LINE_AA)


def in_words(things: Iterable[Thing]) -> str:
    """Say how many of what, as in `1 face, 2 green rectangles`."""
    counts = Counter(thing.label for thing in things)
    return ", ".join(f"{count} {label}{'s' if count > 1 else ''}" for label, count in counts.items()) or "nothing"
