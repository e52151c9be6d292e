"""What Gradio hands to a handler: the load test's pictures as arrays, and its sound as rate and samples."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.media.camera import Camera
from bench.media.microphone import Microphone
from bench.media.tones import RATE_HZ
from bench.media.wav import HEADER_BYTES


def pictures(width: int, height: int, count: int, *, seed: int = 1, viewer: int = 0) -> list[NDArray[np.uint8]]:
    """Make a viewer's first `count` frames as RGB arrays of shape (height, width, 3), what `gr.Image()` hands over.

    Raises UsageError for a size that cannot carry a mark.
    """
    camera = Camera(width, height, seed=seed)
    return [_decoded(camera.jpeg(viewer, frame)) for frame in range(count)]


def chunks(every_s: float, count: int, *, seed: int = 1, viewer: int = 0) -> list[tuple[int, NDArray[np.int16]]]:
    """Make a viewer's first `count` chunks as (rate in Hz, samples of shape (n,)), what `gr.Audio()` hands over.

    Raises UsageError for chunks too short or too long for their words.
    """
    microphone = Microphone(every_s, seed=seed)
    wavs = (microphone.chunk(viewer, number).wav for number in range(count))
    return [(RATE_HZ, np.frombuffer(wav[HEADER_BYTES:], np.int16).copy()) for wav in wavs]


def _decoded(jpeg: bytes) -> NDArray[np.uint8]:
    picture: Any = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
