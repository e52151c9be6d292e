"""Media files made for a test."""

from pathlib import Path

import cv2
import numpy as np

from bench.media.wav import header

GREY_STEP = 8
"""Between one picture's grey and the next: far more than a video's compression moves it."""


def write_video(path: Path, frames: int, fps: float, size: tuple[int, int] = (320, 240), code: str = "MJPG") -> Path:
    """Write a video whose frame n is grey n × GREY_STEP all over (modulo 256)."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), fps, size)
    assert writer.isOpened(), path
    for number in range(frames):
        writer.write(np.full((size[1], size[0], 3), number * GREY_STEP % 256, np.uint8))
    writer.release()
    return path


def write_picture(path: Path, grey: int, size: tuple[int, int] = (320, 240)) -> Path:
    """Write a picture that is grey all over."""
    assert cv2.imwrite(str(path), np.full((size[1], size[0], 3), grey, np.uint8))
    return path


def write_sound(path: Path, seconds: float, pitch_hz: float = 330.0, level: float = 0.5) -> Path:
    """Write a sine as a WAV file: 48 kHz, 16 bit, mono."""
    at = np.arange(round(seconds * 48_000)) / 48_000
    samples = (np.sin(2 * np.pi * pitch_hz * at) * level * 32767).astype("<i2")
    path.write_bytes(header(len(samples)) + samples.tobytes())
    return path
