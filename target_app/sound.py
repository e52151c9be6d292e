"""Sound as the handlers take it: one channel of floats, and the last chunks of it that a session remembers."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono, shape (n,), full scale −1 to 1."""

Chunk = tuple[int, NDArray[Any]]
"""What `gr.Audio` gives: rate in Hz and samples of any type, shape (n,) or (n, channels)."""

_CHUNKS = 3
_LEAST_S = 2.0  # where three chunks hold less, more of them are kept: a long word and what settles it must fit


def mono(samples: NDArray[Any]) -> Samples:
    """Mix integer (full scale) or float samples, of shape (n,) or (n, channels), to one channel of floats."""
    scaled = np.asarray(samples, np.float32)
    if samples.dtype.kind in "iu":
        kind = np.iinfo(samples.dtype)
        half = (int(kind.max) - int(kind.min) + 1) / 2
        scaled = (scaled - (int(kind.min) + half)) / np.float32(half)
    return scaled if scaled.ndim == 1 else scaled.mean(axis=1)


def duration_s(value: object) -> float:
    """Length in seconds of what a streaming component gave; 0 for a picture, or nothing."""
    if not isinstance(value, tuple):
        return 0.0
    rate_hz, samples = value
    return len(samples) / float(rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The last three chunks of a session's sound, or as many as make two seconds.

    `forgotten` counts the samples before them, so that every sample keeps its place in the whole sound.
    """

    rate_hz: int = 0
    chunks: tuple[Samples, ...] = ()
    forgotten: int = 0

    @property
    def end(self) -> int:
        """How many samples have been heard so far."""
        return self.forgotten + sum(map(len, self.chunks))

    def at(self, rate_hz: int) -> Self:
        """Give this history, or an empty one where its sound has another rate."""
        return self if self.rate_hz == rate_hz else replace(self, rate_hz=rate_hz, chunks=(), forgotten=0)

    def followed_by(self, new: Samples) -> Self:
        """Give the history with one more chunk, and without those no longer kept."""
        chunks, forgotten = deque((*self.chunks, new)), self.forgotten
        kept, least = sum(map(len, chunks)), round(_LEAST_S * self.rate_hz)
        while len(chunks) > _CHUNKS and kept - len(chunks[0]) >= least:
            oldest = len(chunks.popleft())
            forgotten, kept = forgotten + oldest, kept - oldest
        return replace(self, chunks=tuple(chunks), forgotten=forgotten)

    def tail(self, seconds: float) -> tuple[Samples, int]:
        """Give the last `seconds` of what is kept, or all of it, and the place of its first sample."""
        kept = np.concatenate([np.zeros(0, np.float32), *self.chunks])
        wanted = min(len(kept), round(seconds * self.rate_hz))
        return kept[len(kept) - wanted :], self.end - wanted
