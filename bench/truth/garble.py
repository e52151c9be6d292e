"""Marks garbled by the million: each is read as itself or refused, in every mirror and polarity, or it is misread."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.media.mark import PILOTS, Identity, MarkLayout

BATCH = 40_000
SIZES = ((640, 480), (320, 240), (1280, 720))
_BRIGHT = 177

Levels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Readings:
    """How many garbled marks were read as what they are, refused, or misread as another."""

    read: int = 0
    refused: int = 0
    misread: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.read + self.refused + self.misread


def garbled_readings(
    count: int, *, seed: int = 1, watch: Callable[[Readings], None] = lambda _so_far: None
) -> Readings:
    """Garble marks and read them at the level of cells, at least `count` readings in all.

    Each garbled mark is shown upright, mirrored, as a negative and as a mirrored negative, which are four readings;
    as with a picture, every reading tries the cells in both directions. Garbling is noise over any share of the cells,
    or the flip of any number of them. `watch` is told after every batch.
    """
    random = np.random.default_rng(seed)
    layouts = [MarkLayout.for_size(*size) for size in SIZES]
    done = Readings()
    while done.total < count:
        layout = layouts[done.total // (4 * BATCH) % len(layouts)]
        batch = _read_batch(layout, random)
        done = Readings(done.read + batch.read, done.refused + batch.refused, done.misread + batch.misread)
        watch(done)
    return done


def _read_batch(layout: MarkLayout, random: np.random.Generator) -> Readings:
    viewers = random.integers(0, layout.viewers, BATCH // 100).repeat(100)
    frames = random.integers(0, 1 << layout.frame_bits, BATCH // 100).repeat(100)
    sent = [Identity(*pair) for pair in zip(viewers.tolist(), frames.tolist(), strict=True)]
    marks = np.stack([layout.bits(one.viewer, one.frame) for one in sent[::100]]).repeat(100, axis=0)
    levels = _garble(marks.astype(np.uint8) * np.uint8(_BRIGHT), random)
    order = _mirrored(layout)
    counts = [0, 0, 0]
    for shown in (levels, levels[:, order], 255 - levels, 255 - levels[:, order]):
        tries = zip(layout.identify(shown), layout.identify(shown[:, order]), sent, strict=True)
        for upright, mirrored, true in tries:
            found = upright or mirrored
            counts[1 if found is None else 0 if found == true else 2] += 1
    return Readings(*counts)


def _garble(levels: Levels, random: np.random.Generator) -> Levels:
    """Noise over any share of the cells for one half of the marks, flips of single cells for the other."""
    half = len(levels) // 2
    noise = random.integers(0, 256, (half, levels.shape[1]), dtype=np.uint8)
    struck = random.random((half, levels.shape[1])) < random.random((half, 1)) ** 3
    flipped = random.random((len(levels) - half, levels.shape[1])) < random.random((len(levels) - half, 1)) ** 3
    flipped[np.arange(len(flipped)), random.integers(PILOTS, levels.shape[1], len(flipped))] = True
    noisy = np.where(struck, noise, levels[:half])
    return np.concatenate([noisy, np.where(flipped, _BRIGHT - levels[half:], levels[half:])])


def _mirrored(layout: MarkLayout) -> NDArray[np.intp]:
    """Order of the cells in a mirrored picture: each row runs backwards; what stands beyond the last cell is scene."""
    places = np.arange(layout.rows * layout.columns).reshape(layout.rows, layout.columns)[:, ::-1].ravel()
    return np.minimum(places, layout.cells - 1)[: layout.cells]
