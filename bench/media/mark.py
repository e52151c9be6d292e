"""The mark: a frame's identity as black and white cells along the top and the bottom of its picture."""

import math
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bench.errors import UsageError

CELL = 16  # px: one 4:2:0 JPEG MCU, so that a cell is a restart segment of its own
PILOTS = 2  # a 1 and a 0 lead every mark: they set the threshold and tell a negative
CRC_BITS = 32
LEAST_BITS = 12  # of viewer, and of frame
MOST_VIEWER_BITS = 20
MOST_FRAME_BITS = 32
MOST_PIXELS = 4096  # a side; keeps a mistyped size from filling the memory with scenes
_DOT = slice(3, 13)  # a 1 is a white 10×10 px dot centred in its black cell: Canny turns it into a ring, not a grid
_LEAST_CONTRAST = 8  # grey levels between the pilots; below it there is nothing to threshold

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose frame it is, and which: `frame` counts the viewer's ticks modulo 2**frame_bits."""

    viewer: int
    frame: int


@dataclass(frozen=True, slots=True)
class MarkLayout:
    """Where the cells of a mark lie in a picture of `width` × `height` px, and how many bits each part has.

    Cell i stands in row i // columns, column i % columns of the top band, counted from the top left; the bottom band
    repeats it with its rows counted upwards, so that a vertical flip shows the same band on top. Cells keep to the
    16 px grid of the JPEG's MCUs: where a side is no multiple of 16, its last few pixels stay scene.
    """

    width: int
    height: int
    columns: int
    rows: int
    viewer_bits: int
    frame_bits: int

    @classmethod
    def for_size(cls, width: int, height: int) -> Self:
        """Lay out the fewest rows of cells that hold 12 viewer bits, 12 frame bits and the CRC-32.

        Raises UsageError when the two bands would take more than half of the picture, or a side exceeds 4096 px.
        """
        columns = max(width // CELL, 0)
        rows = math.ceil((PILOTS + 2 * LEAST_BITS + CRC_BITS) / max(columns, 1))
        if 4 * rows > height // CELL:
            raise UsageError(
                f"A {width}x{height} picture is too small for a mark.", "Use --resolution 320x240 or more."
            )
        if max(width, height) > MOST_PIXELS:
            raise UsageError(f"A {width}x{height} picture is too large.", "Use --resolution 1920x1080 or less.")
        bits = rows * columns - PILOTS - CRC_BITS
        viewer_bits = min(bits // 2, MOST_VIEWER_BITS)
        return cls(width, height, columns, rows, viewer_bits, min(bits - viewer_bits, MOST_FRAME_BITS))

    @property
    def cells(self) -> int:
        """Cells of one band that carry the mark, pilots included."""
        return PILOTS + self.viewer_bits + self.frame_bits + CRC_BITS

    @property
    def band_height(self) -> int:
        """Rows of pixels at the top that hold the whole band, also after a vertical flip."""
        return self.rows * CELL + self.height % CELL

    @property
    def viewers(self) -> int:
        """How many viewers can be told apart."""
        return 1 << self.viewer_bits

    def code(self, viewer: int, frame: int) -> int:
        """Code the cells after the pilots as one integer, highest bit first: viewer, frame mod 2**frame_bits, CRC-32.

        Raises UsageError when `viewer` does not fit its bits.
        """
        if not 0 <= viewer < self.viewers:
            raise UsageError(
                f"Viewer {viewer} does not fit the mark of a {self.width}x{self.height} picture.",
                f"Use at most {self.viewers} viewers, or a larger --resolution.",
            )
        frame &= (1 << self.frame_bits) - 1
        return (viewer << self.frame_bits | frame) << CRC_BITS | _checksum(viewer, frame)

    def bits(self, viewer: int, frame: int) -> NDArray[np.bool_]:
        """Give the mark's cells in order, pilots first, shape (cells,): True is a cell with a dot."""
        text = f"10{self.code(viewer, frame):0{self.cells - PILOTS}b}"
        return np.array([digit == "1" for digit in text])

    def corners(self) -> NDArray[np.intp]:
        """Top left corner (y, x) in px of every cell of the top band, then of the bottom band: shape (2, cells, 2)."""
        row, column = np.divmod(np.arange(self.cells), self.columns)
        last = self.height // CELL - 1
        return CELL * np.stack([np.stack([row, column], axis=1), np.stack([last - row, column], axis=1)])

    def paint(self, picture: Picture, bits: NDArray[np.bool_]) -> None:
        """Draw `bits` into both bands of `picture` (height, width, 3), in place."""
        for band in self.corners():
            for bit, (y, x) in zip(bits, band, strict=True):
                cell = picture[y : y + CELL, x : x + CELL]
                cell[:] = 0
                cell[_DOT, _DOT] = 255 * bit

    def identify(self, levels: NDArray[np.uint8]) -> list[Identity | None]:
        """Read each row of `levels` (n, cells), the mean brightness of every cell, as a mark; None where it is none.

        The pilots tell a picture from its negative; a row is a mark only if its CRC-32 agrees.
        """
        one, zero = levels[:, :1].astype(np.int16), levels[:, 1:2].astype(np.int16)
        bits = (2 * levels[:, PILOTS:].astype(np.int16) > one + zero) ^ (one < zero)
        clear = (np.abs(one - zero) >= _LEAST_CONTRAST)[:, 0].tolist()
        spare = -bits.shape[1] % 8
        packed = np.packbits(bits, axis=1)
        return [
            self._checked(int.from_bytes(row.tobytes()) >> spare) if has_contrast else None
            for row, has_contrast in zip(packed, clear, strict=True)
        ]

    def _checked(self, code: int) -> Identity | None:
        checksum, code = code & (1 << CRC_BITS) - 1, code >> CRC_BITS
        viewer, frame = code >> self.frame_bits, code & (1 << self.frame_bits) - 1
        return Identity(viewer, frame) if _checksum(viewer, frame) == checksum else None

    def unwrap(self, frame: int, last_sent: int) -> int | None:
        """Find the newest of a viewer's frames up to `last_sent` whose mark says `frame`; None if none was sent yet."""
        newest = last_sent - ((last_sent - frame) & (1 << self.frame_bits) - 1)
        return newest if newest >= 0 else None


@cache
def sample_points(layout: MarkLayout) -> NDArray[np.intp]:
    """Centres of the cells as flat indices into a band (band_height, width), one row for each way it can lie.

    Shape (n, cells): upright and mirrored; where the height is no multiple of 16, again for the band of a flipped
    picture, which begins with the last rows of scene.
    """
    centres = layout.corners()[0] + CELL // 2
    y, x = centres[:, 0], centres[:, 1]
    lies = [
        (y + down) * layout.width + across
        for down in sorted({0, layout.height % CELL})
        for across in (x, layout.width - x)
    ]
    return np.stack(lies)


def _checksum(viewer: int, frame: int) -> int:
    return zlib.crc32((viewer << 32 | frame).to_bytes(8))
