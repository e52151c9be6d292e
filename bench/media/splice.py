"""Splicing: JPEGs whose mark cells can be exchanged without encoding, because every MCU is a restart segment.

With a restart interval of 1 each 16×16 px MCU is coded on its own between RST markers (ITU-T T.81, E.1.4). A cell is
plain black and white, so its segment is the same wherever it stands, but for the number of the marker before it. Any
marker may follow 0xFF fill bytes (T.81, B.1.1.2): every piece is filled up to a multiple of 3 bytes, so that the
base64 of the pieces, joined, is the base64 of the JPEG, and only cells have to be looked up.
"""

import re
from dataclasses import dataclass
from itertools import product
from operator import attrgetter

import cv2
import numpy as np
import pybase64

from bench.media.mark import CELL, PILOTS, MarkLayout, Picture

_MARKERS = [bytes([0xFF, 0xD0 + n]) for n in range(8)]
_START = re.compile(rb"\xff[\xd0-\xd7\xd9]")  # entropy-coded data holds no other 0xFF but the stuffed FF 00
_MOST_CELLS = 8  # per chunk: 256 variants, few enough to keep all of them


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to 8 neighbouring cells in a row: `mcu` is the first one's place, `shift` the last one's bit in the code."""

    mcu: int
    cells: int
    shift: int


@dataclass(frozen=True, slots=True)
class Template:
    """A scene as base64 pieces; each slot is (index of the piece, its variants by value, shift, mask of the code)."""

    pieces: tuple[bytes, ...]
    slots: tuple[tuple[int, tuple[bytes, ...], int, int], ...]

    @property
    def size(self) -> int:
        """Bytes it keeps for itself; the variants are shared by all templates of a splicer."""
        return sum(map(len, self.pieces))

    def fill(self, code: int) -> bytes:
        """Give the base64 of the JPEG that is marked with `code`."""
        pieces = list(self.pieces)
        for index, variants, shift, mask in self.slots:
            pieces[index] = variants[code >> shift & mask]
        return b"".join(pieces)


class Splicer:
    """Turns pictures into templates, all of one layout and JPEG `quality`."""

    def __init__(self, layout: MarkLayout, quality: int) -> None:
        self._layout = layout
        self._quality = quality
        self._chunks = _chunks(layout)
        self._variants: dict[tuple[int, int], tuple[bytes, ...]] = {}

    def template(self, picture: Picture) -> Template:
        """Encode `picture` (height, width, 3), BGR, once; its pixels under the bands are painted over."""
        self._layout.paint(picture, self._layout.bits(0, 0))
        data, starts = encode_restarted(picture, self._quality)
        pieces, slots, done = [], [], 0
        for chunk in self._chunks:
            if starts[done] < starts[chunk.mcu]:
                pieces.append(pybase64.b64encode(_filled(data[starts[done] : starts[chunk.mcu]])))
            slots.append((len(pieces), self._variants_of(chunk, data, starts), chunk.shift, (1 << chunk.cells) - 1))
            pieces.append(b"")
            done = chunk.mcu + chunk.cells
        pieces.append(pybase64.b64encode(data[starts[done] :]))
        return Template(tuple(pieces), tuple(slots))

    def _variants_of(self, chunk: Chunk, data: bytes, starts: list[int]) -> tuple[bytes, ...]:
        """Every content `chunk` can have; the first two cells of a picture, its pilots, are the patterns."""
        key = (chunk.mcu % 8, chunk.cells)
        if key not in self._variants:
            one = data[_after_header(data) : starts[1]]
            zero = data[starts[1] + 2 : starts[2]]
            markers = [_MARKERS[(chunk.mcu + cell - 1) % 8] for cell in range(chunk.cells)]
            cells = [(_filled(marker + zero), _filled(marker + one)) for marker in markers]
            self._variants[key] = tuple(pybase64.b64encode(b"".join(content)) for content in product(*cells))
        return self._variants[key]


def _chunks(layout: MarkLayout) -> list[Chunk]:
    """Cut the cells after the pilots, of both bands, into chunks; in the order of their MCUs."""
    columns, cells = layout.columns, layout.cells
    groups = [
        range(first, min(first + _MOST_CELLS, row + columns, cells))
        for row in range(0, cells, columns)
        for first in range(max(row, PILOTS), min(row + columns, cells), _MOST_CELLS)
    ]
    across = -(-layout.width // CELL)
    places = layout.corners() // CELL @ np.array([across, 1])
    chunks = [Chunk(int(band[group[0]]), len(group), cells - 1 - group[-1]) for band in places for group in groups]
    return sorted(chunks, key=attrgetter("mcu"))


def encode_restarted(picture: Picture, quality: int) -> tuple[bytes, list[int]]:
    """Encode a 4:2:0 JPEG with a restart marker before every MCU; return it and where each MCU starts.

    An MCU starts with its marker, the first one with the header, at 0; the last start is the end-of-image marker's.
    """
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    options = {
        cv2.IMWRITE_JPEG_QUALITY: quality,
        cv2.IMWRITE_JPEG_RST_INTERVAL: 1,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR: sampling,
    }
    data = cv2.imencode(".jpg", picture, [number for option in options.items() for number in option])[1].tobytes()
    return data, [0, *(match.start() for match in _START.finditer(data, _after_header(data)))]


def _after_header(jpeg: bytes) -> int:
    """Where the entropy-coded data begins: after the SOS segment."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])


def _filled(piece: bytes) -> bytes:
    """`piece` with fill bytes before its first marker, to a multiple of 3 bytes; SOI must stay the first two."""
    lead = 2 if piece.startswith(b"\xff\xd8") else 0
    return piece[:lead] + b"\xff" * (-len(piece) % 3) + piece[lead:]
