"""Cropped JPEG decoding: a baseline JPEG is coded row by row, so one that is said to be low ends after its top rows.

Only the height in the frame header (ITU-T T.81, B.2.2) is changed; the picture must be a single scan, as baseline ones
are, for the scans of a progressive one each hold the whole picture.
"""

import io
import re
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from bench.media.webp import Luma

_SEQUENTIAL = {0xC0, 0xC1}  # SOF0, SOF1: Huffman-coded, one scan after another
_START_OF_SCAN, _RESTART_INTERVAL, _FILL = 0xDA, 0xDD, 0xFF
_END = b"\xff\xd9"
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


@dataclass(slots=True)
class Header:
    """Where a JPEG's height stands, its size in px, and how many MCUs of which size lie between restart markers."""

    at: int = 0
    width: int = 0
    height: int = 0
    unit: tuple[int, int] = (8, 8)  # width and height of an MCU in px
    interval: int = 0  # 0 where it has no restart markers
    scan: int = 0

    @classmethod
    def read(cls, image: bytes) -> "Header | None":
        """Read it; None for a progressive JPEG, another format or a damaged file."""
        found, at = cls(), 2
        try:
            while image[at] == _FILL:
                marker, length = image[at + 1], int.from_bytes(image[at + 2 : at + 4])
                if marker == _FILL:
                    at += 1
                    continue
                if marker == _START_OF_SCAN:
                    found.scan = at + 2 + length
                    return found if found.at and image[at + 4] == image[found.at + 4] else None
                if marker in _SEQUENTIAL:
                    found._read_frame(image, at + 5)
                elif marker == _RESTART_INTERVAL:
                    found.interval = int.from_bytes(image[at + 4 : at + 6])
                at += 2 + length
        except IndexError:
            pass
        return None

    def _read_frame(self, image: bytes, at: int) -> None:
        self.at = at
        self.height, self.width = int.from_bytes(image[at : at + 2]), int.from_bytes(image[at + 2 : at + 4])
        sampling = [image[at + 6 + 3 * component] for component in range(image[at + 4])]
        if len(sampling) > 1:  # a lone component's MCU is one block, whatever its sampling
            self.unit = 8 * max(one >> 4 for one in sampling), 8 * max(one & 15 for one in sampling)

    def units(self, rows: int) -> int:
        """How many MCUs the top `rows` take."""
        return -(-rows // self.unit[1]) * -(-self.width // self.unit[0])


def top_of_jpeg(image: bytes, fraction: float) -> Luma | None:
    """Decode the luma of the top `fraction`, (rows, width); None for what is no baseline JPEG of one scan."""
    header = Header.read(image) if image[:2] == b"\xff\xd8" else None
    if header is None or not header.width or not header.height:
        return None
    rows = max(round(header.height * fraction), 1)
    low = image[: header.at] + rows.to_bytes(2) + image[header.at + 2 :]
    units = header.units(rows)
    if header.interval and units % header.interval == 0:
        return _cut(low, header.scan, units // header.interval)
    return _low(low)


def _cut(low: bytes, scan: int, intervals: int) -> Luma | None:
    """Decode a JPEG with restart markers, of which only the first `intervals` intervals are left."""
    for number, marker in enumerate(_RESTART.finditer(low, scan), 1):
        if number == intervals:
            picture = cv2.imdecode(np.frombuffer(low[: marker.start()] + _END, np.uint8), cv2.IMREAD_GRAYSCALE)
            return None if picture is None else np.asarray(picture, np.uint8)
    return None


def _low(low: bytes) -> Luma | None:
    """Decode a JPEG that holds more than its header says: Pillow minds the rest no more than its lack of colour."""
    try:
        picture = Image.open(io.BytesIO(low), formats=("JPEG",))
        picture.draft("L", None)
        return np.asarray(picture, np.uint8) if picture.mode == "L" else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
