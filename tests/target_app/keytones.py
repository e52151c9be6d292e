"""Key tones as a phone sends them, made without any code of the app or the harness."""

from collections.abc import Iterable
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

LOW_HZ = dict(zip("123A456B789C*0#D", np.repeat([697, 770, 852, 941], 4), strict=True))
HIGH_HZ = dict(zip("123A456B789C*0#D", np.tile([1209, 1336, 1477, 1633], 4), strict=True))

Wave = NDArray[np.float64]


def silence(seconds: float, rate_hz: int) -> Wave:
    """Say nothing."""
    return np.zeros(round(seconds * rate_hz))


def tone(
    digit: str, seconds: float, rate_hz: int, *, off: float = 0.0, twist_db: float = 0.0, peak: float = 0.5
) -> Wave:
    """One digit; `off` is the share by which its frequencies are wrong, `twist_db` how much louder the high one is."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    low, high = (np.sin(2 * np.pi * hz[digit] * (1 + off) * time_s + 1) for hz in (LOW_HZ, HIGH_HZ))
    high = high * 10 ** (twist_db / 20)
    return np.asarray(peak * (low + high) / (1 + 10 ** (twist_db / 20)), np.float64)


def spoken(digits: str, rate_hz: int, *, tone_s: float = 0.05, pause_s: float = 0.05) -> Wave:
    """Digits one after the other, a pause before and behind each."""
    pause = silence(pause_s, rate_hz)
    return np.concatenate([pause, *(part for digit in digits for part in (tone(digit, tone_s, rate_hz), pause))])


def cut(wave: Wave, lengths: Iterable[int]) -> list[Wave]:
    """Cut a sound into chunks of these lengths, and one more for the rest."""
    return np.split(wave, [at for at in accumulate(lengths) if at < len(wave)])
