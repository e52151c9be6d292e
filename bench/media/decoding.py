"""Decoding: the brightness of a result's pixels, no more of them than a mark needs."""

import cv2
import numpy as np

from bench.media.jpeg import top_of_jpeg
from bench.media.webp import Luma, cropped_decoder


def top_luma(image: bytes, fraction: float) -> Luma | None:
    """Decode only the top `fraction` of a WebP or JPEG picture, (rows, width); None where that cannot be done.

    Other formats, animations, progressive JPEGs, damaged files, or a machine without a usable libwebp: `luma` is for
    those.
    """
    if image[8:12] != b"WEBP":
        return top_of_jpeg(image, fraction)
    decoder = cropped_decoder()
    return decoder.top(image, fraction) if decoder else None


def luma(image: bytes) -> Luma | None:
    """Decode a whole picture in grey, (height, width); None if it is no picture that OpenCV knows."""
    try:
        picture = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # an empty file, or one that claims to be absurdly large
        return None
    return None if picture is None else np.asarray(picture, np.uint8)
