"""Films: a user's own video or picture file, as a camera that ticks sees it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from bench.errors import UsageError
from bench.media.mark import Picture

_USUAL_FPS = 25.0  # where a file does not say, or says nonsense
_LEAST_FPS, _MOST_FPS = 0.1, 1000.0
_REMEDY = "Name a video or a picture that OpenCV can read, such as an MP4 (H.264), WebM, AVI, GIF, PNG or JPEG file."


class Film:
    """A video or picture file. Nothing is kept of it: pictures are decoded as they are asked for.

    Raises UsageError when `path` is no file, or nothing can be read from it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UsageError(f"There is no video file {path}.", _REMEDY)
        self._path = str(path.resolve())
        # OpenCV's video reader would take a numbered picture for the first of a series.
        self.still = cv2.haveImageReader(self._path) and path.suffix.lower() != ".gif"
        if next(self.pictures(1.0), None) is None:
            raise UsageError(f"No picture can be read from {path}.", _REMEDY)

    def pictures(self, every_s: float) -> Iterator[Picture]:
        """Yield what a camera that ticks every `every_s` sees of it once through: BGR, shape (h, w, 3), uint8.

        A video slower than the ticks gives pictures more than once, a faster one leaves some out.
        """
        if self.still:
            picture = cv2.imread(self._path, cv2.IMREAD_COLOR)
            if picture is not None:
                yield np.asarray(picture, np.uint8)
            return
        with _opened(self._path) as video:
            yield from _ticked(video, every_s)

    def ticks(self, every_s: float) -> int | None:
        """How many pictures `pictures` yields, as far as the file tells; None where it does not."""
        if self.still:
            return 1
        with _opened(self._path) as video:
            frames = video.get(cv2.CAP_PROP_FRAME_COUNT)
            return math.ceil(frames / _fps(video) / every_s) if 0 < frames < 1e9 else None


@contextmanager
def _opened(path: str) -> Iterator[cv2.VideoCapture]:
    video = cv2.VideoCapture(path)
    try:
        yield video
    finally:
        video.release()


def _ticked(video: cv2.VideoCapture, every_s: float) -> Iterator[Picture]:
    """Decode only the frames on show at a tick; frame n is on show from n / fps on."""
    fps = _fps(video)
    grabbed, tick, picture = -1, 0, None
    while True:
        wanted = math.floor(tick * every_s * fps + 1e-6)
        if grabbed < wanted:
            while grabbed < wanted:
                if not video.grab():
                    return
                grabbed += 1
            read, picture = video.retrieve()
            if not read:
                return
        yield np.array(picture, np.uint8)  # a copy: the reader's own buffer may be used again
        tick += 1


def _fps(video: cv2.VideoCapture) -> float:
    fps = float(video.get(cv2.CAP_PROP_FPS))
    return fps if _LEAST_FPS <= fps <= _MOST_FPS else _USUAL_FPS
