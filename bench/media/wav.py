"""WAV files: the header a browser's recorder writes, and the samples of whatever an app gives back."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bench.media.tones import RATE_HZ, Samples

HEADER_BYTES = 44
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_FORMAT = struct.Struct("<HHIIHH")
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE  # WAVE_FORMAT_* of Microsoft's mmreg.h
_SUBFORMAT = slice(24, 26)  # of an extensible format: where its GUID holds the real format


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound: `samples` of shape (n,), full scale −1 to 1, at `rate_hz`."""

    samples: Samples
    rate_hz: int


@lru_cache(maxsize=4096)
def header(samples: int) -> bytes:
    """The 44 bytes before `samples` of 16-bit mono PCM at 48 kHz."""
    size = 2 * samples
    return _HEADER.pack(
        b"RIFF", HEADER_BYTES - 8 + size, b"WAVE", b"fmt ", 16, _PCM, 1, RATE_HZ, 2 * RATE_HZ, 2, 16, b"data", size
    )


def decode(data: bytes) -> Sound | None:
    """Decode a WAV file of integer (8 to 32 bit) or float samples, its channels averaged; None for anything else.

    A file cut short, or one whose sizes were never filled in, gives the samples that are there.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    chunks = dict(_chunks(data))
    layout, body = chunks.get(b"fmt ", b""), chunks.get(b"data")
    if body is None or len(layout) < _FORMAT.size:
        return None
    kind, channels, rate_hz, _, width, bits = _FORMAT.unpack_from(layout)
    if kind == _EXTENSIBLE:
        kind = int.from_bytes(layout[_SUBFORMAT], "little")
    if not channels or not rate_hz or bits % 8 or width != channels * bits // 8:
        return None
    values = _values(body[: len(body) // max(width, 1) * width], kind, bits // 8)
    return None if values is None else Sound(values.reshape(-1, channels).mean(axis=1, dtype=np.float32), rate_hz)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _values(body: bytes, kind: int, width: int) -> NDArray[np.float32] | None:
    """Every sample of every channel in order, full scale −1 to 1; None where the format is unknown."""
    if kind == _FLOAT and width in {4, 8}:
        return np.nan_to_num(np.frombuffer(body, np.dtype(f"<f{width}")).astype(np.float32))
    if kind != _PCM or not 1 <= width <= 4:
        return None
    if width == 1:  # the only unsigned one
        return (np.frombuffer(body, np.uint8).astype(np.float32) - 128) / np.float32(128)
    spread = np.zeros((len(body) // width, 4), np.uint8)  # as the upper bytes of 32-bit integers
    spread[:, 4 - width :] = np.frombuffer(body, np.uint8).reshape(-1, width)
    return np.frombuffer(spread.tobytes(), "<i4").astype(np.float32) / np.float32(2**31)
