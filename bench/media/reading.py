"""Reading: a frame's identity out of the bytes of a result picture."""

import cv2
import numpy as np

from bench.media.decoding import luma, top_luma
from bench.media.mark import CELL, Identity, MarkLayout, sample_points
from bench.media.webp import Luma

_WINDOW = (CELL - 4, CELL - 4)  # px averaged per cell: the dot or its ring, not what a filter drew between cells


def read_mark(image: bytes, layout: MarkLayout) -> Identity | None:
    """Read the identity marked in `image` (a JPEG, WebP or PNG file of any size), or None: never a wrong one.

    Flipped, mirrored, negative, filtered and resized pictures are read. Of a WebP or a baseline JPEG only the top band
    is decoded at first; where that does not do (the app drew over it, or the format is another) the whole picture is
    decoded, and the bottom band tried too. The GIL is released while decoding.
    """
    fraction = layout.band_height / layout.height
    band = top_luma(image, fraction)
    identity = None if band is None else _read_band(band, layout)
    if identity is not None:
        return identity
    picture = luma(image)
    if picture is None:
        return None
    rows = max(round(len(picture) * fraction), 1)
    return _read_band(picture[:rows], layout) or _read_band(picture[: -rows - 1 : -1], layout)


def _read_band(band: Luma, layout: MarkLayout) -> Identity | None:
    """Bring `band` to the layout's size, average each cell, and try every way the picture can lie."""
    size = (layout.width, layout.band_height)
    if band.shape != size[::-1]:
        shrinks = band.shape[1] > layout.width
        scaled = cv2.resize(band, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        band = np.asarray(scaled, np.uint8)
    means = np.asarray(cv2.blur(band, _WINDOW), np.uint8)
    levels = means.ravel()[sample_points(layout)]
    return next((identity for identity in layout.identify(levels) if identity is not None), None)
