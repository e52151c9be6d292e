"""A decoder of spoken English: PocketSphinx with the model that its wheel carries (the `speech` extra)."""

import threading

import numpy as np
from pocketsphinx import Decoder  # type: ignore[import-untyped,import-not-found,unused-ignore]  # untyped and optional

from target_app.sound import Samples
from target_app.speech import RATE_HZ, Word

_FRAMES_PER_S = 100


class Sphinx:
    """One decoder, used by all sessions in turn. A second of sound takes about 0.1 s of CPU."""

    def __init__(self) -> None:
        self._decoder = Decoder(samprate=RATE_HZ, loglevel="FATAL")
        self._lock = threading.Lock()

    def decode(self, sound: Samples) -> list[Word]:
        """Find the words in a sound at 16 kHz; silences and noises are left out."""
        raw = np.clip(sound * 32768, -32768, 32767).astype("<i2").tobytes()
        with self._lock:
            self._decoder.start_utt()
            self._decoder.process_raw(raw, full_utt=True)
            self._decoder.end_utt()
            found = [(each.word, each.start_frame, each.end_frame) for each in self._decoder.seg() or ()]
        return [
            (word.partition("(")[0], (first + last + 1) / 2 / _FRAMES_PER_S)  # "to(2)" is said another way
            for word, first, last in found
            if word[0] not in "<["
        ]
