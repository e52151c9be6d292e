"""Listening to speech chunk by chunk with a decoder of whole sounds: each word is told once."""

from collections.abc import Callable

import numpy as np

from target_app.sound import History, Samples

RATE_HZ = 16_000
"""What decoders of speech are made for."""

Word = tuple[str, float]
"""A word, and the middle of it in seconds."""

_SETTLING_S = 0.5  # of sound after a word: without it a decoder still changes its mind


class Listener:
    """Has `decode` find the words in the history and each new chunk, and tells those that half a second has followed.

    So the last half second of a recording stays unheard, and a word that `decode` moves or splits as more sound comes
    can be told twice or not at all.
    """

    def __init__(self, decode: Callable[[Samples], list[Word]]) -> None:
        self._decode = decode

    def recognise(self, new: Samples, history: History) -> str:
        """Tell the words that are settled now that `new` follows `history`, each with a space behind it."""
        sound = np.concatenate([*history.chunks, new])
        words = self._decode(resample(sound, history.rate_hz, RATE_HZ))
        settled = range(len(sound) - len(new) + 1, len(sound) + 1)  # ends of sound that settle a word in this chunk
        due = [(word, round((middle_s + _SETTLING_S) * history.rate_hz)) for word, middle_s in words]
        return "".join(f"{word} " for word, at in due if at in settled)


def resample(sound: Samples, rate_hz: int, wanted_hz: int) -> Samples:
    """Bring a sound to another rate: each new sample is the mean of the stretch of sound that it stands for."""
    edges = np.arange(round(len(sound) * wanted_hz / rate_hz) + 1) * (rate_hz / wanted_hz)
    sums = np.interp(edges, np.arange(len(sound) + 1), np.concatenate([[0.0], np.cumsum(sound, dtype=np.float64)]))
    return np.asarray(np.diff(sums) * (wanted_hz / rate_hz), np.float32)
