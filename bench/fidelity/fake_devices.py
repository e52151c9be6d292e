"""The files a browser's fake camera and microphone play: the harness's own marked frames and its own sound."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.media.camera import Camera
from bench.media.mark import MarkLayout, Picture
from bench.media.microphone import Microphone
from bench.media.scenes import room

WIDTH, HEIGHT, SEED = 640, 480, 1
"""The scene of the synthetic viewer: both sides show the app the same pictures."""

FILM_FPS = 30
"""What Chromium plays an MJPEG file at (media/capture/video/file_video_capture_device.cc)."""

FILM_S = 12
"""Then it begins again: long enough that no two pictures under way carry the same mark."""

SOUND_S = 60
_FILM_QUALITY = 100  # the browser encodes each picture again: every trace of the first time costs bytes


@dataclass(frozen=True, slots=True)
class FakeDevices:
    """Where the two files are, and how to read the marks in the film."""

    film: Path
    sound: Path
    layout: MarkLayout

    def arguments(self) -> list[str]:
        """Chromium's arguments that make it use the files, and ask nobody for leave."""
        return [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={self.film}",
            f"--use-file-for-fake-audio-capture={self.sound}",
        ]


def make_devices(folder: Path) -> FakeDevices:
    """Write the two files into `folder`: some 80 MB."""
    camera = Camera(WIDTH, HEIGHT, seed=SEED, quality=_FILM_QUALITY, pictures=map(_narrowed, room(WIDTH, HEIGHT, SEED)))
    film, sound = folder / "camera.mjpeg", folder / "microphone.wav"
    with film.open("wb") as file:
        for number in range(FILM_S * FILM_FPS):
            file.write(camera.jpeg(0, number))
    sound.write_bytes(Microphone(1.0, seed=SEED).chunk(0, 0, SOUND_S - 1).wav)
    return FakeDevices(film, sound, camera.layout)


def _narrowed(picture: Picture) -> Picture:
    """Squeeze brightness into 16 to 235: Chromium takes the film for video of that range and stretches it again.

    Unsqueezed, the browser would see a sixth more contrast than the synthetic viewer shows, and send larger frames.
    """
    return np.asarray(np.round(16 + picture * (219 / 255)), np.uint8)
