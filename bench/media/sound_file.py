"""A user's own sound: a WAV file, read as far as a microphone needs it."""

from pathlib import Path

import numpy as np

from bench.errors import UsageError
from bench.media.wav import Sound, decode

MOST_S = 120.0
"""Of a longer sound the beginning is played: two minutes at 48 kHz are 12 MB in every process."""
_MOST_BYTES = 64 * 2**20


def read_sound(path: Path) -> tuple[Sound, bool]:
    """Read a WAV file's first two minutes (and 64 MB) at most; the second value tells whether that was all of it.

    Raises UsageError when there is no such file, it is no WAV file, or holds no sound.
    """
    if not path.is_file():
        raise UsageError(f"There is no audio file {path}.", "Name a WAV file.")
    with path.open("rb") as file:
        sound = decode(file.read(_MOST_BYTES))
        whole = not file.read(1)
    if sound is None:
        wav = path.with_suffix(".wav")
        to = wav if wav != path else path.with_name(f"{path.stem}-pcm.wav")
        raise UsageError(
            f"{path} is no WAV file of plain samples, the only kind that can be played.",
            f"Convert it first, for example with: ffmpeg -i {path} {to}",
        )
    most = round(MOST_S * sound.rate_hz)
    if not np.any(sound.samples[:most]):
        raise UsageError(f"{path} holds no sound.", "Name a WAV file that is not empty or silent.")
    return Sound(sound.samples[:most], sound.rate_hz), whole and len(sound.samples) <= most
