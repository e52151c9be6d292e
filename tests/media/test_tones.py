"""DTMF tones: the frequencies of Q.23, heard at any usual rate, level and noise, and nothing else heard as one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.media.tones import KEYPAD, PERIOD, RATE_HZ, TONE, Samples, hear, tone

Q23_HZ = {
    "1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "A": (697, 1633),
    "4": (770, 1209), "5": (770, 1336), "6": (770, 1477), "B": (770, 1633),
    "7": (852, 1209), "8": (852, 1336), "9": (852, 1477), "C": (852, 1633),
    "*": (941, 1209), "0": (941, 1336), "#": (941, 1477), "D": (941, 1633),
}  # fmt: skip

symbols = st.text(KEYPAD, min_size=1, max_size=12)


def speak(text: str) -> Samples:
    """Say `text` at 48 kHz with the harness's own tones and pauses."""
    sound = np.zeros(len(text) * PERIOD, np.float32)
    for at, symbol in enumerate(text):
        sound[at * PERIOD :][:TONE] = tone(symbol) / np.float32(32768)
    return sound


def pair(low_hz: float, high_hz: float, tone_s: float, *, rate_hz: int = 8000, high_gain: float = 1.0) -> Samples:
    """Two tones for `tone_s`, between 50 ms of silence."""
    time_s = np.arange(round(tone_s * rate_hz)) / rate_hz
    wave = 0.2 * np.sin(2 * np.pi * low_hz * time_s) + 0.2 * high_gain * np.sin(2 * np.pi * high_hz * time_s + 1)
    return np.pad(wave, rate_hz // 20).astype(np.float32)


def resample(samples: Samples, rate_hz: int) -> Samples:
    """Bring a sound of 48 kHz to another rate, by linear interpolation."""
    at = np.arange(0, len(samples), RATE_HZ / rate_hz)
    return np.asarray(np.interp(at, np.arange(len(samples)), samples), np.float32)


@pytest.mark.parametrize("symbol", Q23_HZ)
def test_a_symbol_is_its_two_frequencies(symbol: str) -> None:
    """The two strongest frequencies of every tone are those of ITU-T Q.23, to within 1.5 %."""
    spectrum = np.abs(np.fft.rfft(tone(symbol), RATE_HZ))  # 1 Hz a bin
    low, high = int(spectrum[:1075].argmax()), 1075 + int(spectrum[1075:].argmax())
    assert (low, high) == pytest.approx(Q23_HZ[symbol], rel=0.015)


@given(text=symbols)
def test_what_is_said_is_heard(text: str) -> None:
    """Any symbols, repeated ones too, are heard in their order."""
    assert hear(speak(text), RATE_HZ) == text


@settings(max_examples=40)
@given(
    text=symbols,
    gain=st.floats(0.1, 1.0),
    rate_hz=st.sampled_from([8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000]),
    shift=st.integers(0, PERIOD),
)
def test_gain_and_rate_do_not_matter(text: str, gain: float, rate_hz: int, shift: int) -> None:
    """Quieter, resampled and shifted by any part of a block, the same symbols are heard."""
    sound = resample(np.pad(speak(text) * np.float32(gain), (shift, 0)), rate_hz)
    assert hear(sound, rate_hz) == text


@settings(max_examples=40)
@given(text=symbols, gain=st.floats(0.1, 1.0), snr_db=st.floats(3, 40), seed=st.integers(0, 99))
def test_noise_is_heard_through(text: str, gain: float, snr_db: float, seed: int) -> None:
    """White noise up to 3 dB below the tones, in the pauses too, changes nothing, also at 16 kHz."""
    sound = resample(speak(text), 16_000)
    level = np.sqrt(0.35**2 / 10 ** (snr_db / 10))
    noisy = gain * (sound + np.random.default_rng(seed).normal(0, level, len(sound)))
    assert hear(noisy.astype(np.float32), 16_000) == text


@pytest.mark.parametrize("off", [0.985, 1.0, 1.015])
@pytest.mark.parametrize("symbol", Q23_HZ)
def test_a_tone_a_little_off_is_taken(symbol: str, off: float) -> None:
    """Frequencies 1.5 % off and tones of 40 ms are taken, as Q.24 asks of a receiver."""
    low, high = Q23_HZ[symbol]
    assert hear(pair(low * off, high * off, 0.04), 8000) == symbol


def test_symbols_need_40_ms_of_pause_only() -> None:
    """One symbol said twice with 40 ms between is two; with a break of 10 ms it is one."""
    twice = [pair(697, 1209, 0.05)[:-400], pair(697, 1209, 0.05)[400:]]
    assert hear(np.concatenate([twice[0], np.zeros(320, np.float32), twice[1]]), 8000) == "11"
    assert hear(np.concatenate([twice[0], np.zeros(80, np.float32), twice[1]]), 8000) == "1"


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0, np.float32),
        np.zeros(8000, np.float32),
        pair(697, 1209, 0.015),
        pair(697, 1209, 0.1, high_gain=0.1),
        pair(697, 1209, 0.1) + 0.7 * pair(852, 1477, 0.1),
        pair(697, 770, 0.1),
        pair(440, 1000, 0.5),
        np.random.default_rng(3).normal(0, 0.2, 16_000).astype(np.float32),
    ],
    ids=["nothing", "silence", "15 ms", "20 dB twist", "two symbols at once", "one group", "two other tones", "noise"],
)
def test_what_is_no_symbol_is_not_heard_as_one(sound: Samples) -> None:
    """Silence, noise, tones too short, too unequal or of other frequencies are no symbols."""
    assert hear(sound, 8000) == ""


def test_what_is_far_quieter_than_the_rest_is_not_a_symbol() -> None:
    """A tone 40 dB below another, an echo or another track's, is not heard; one 20 dB below is."""
    assert hear(np.concatenate([pair(697, 1209, 0.05), 0.01 * pair(770, 1336, 0.05)]), 8000) == "1"
    assert hear(np.concatenate([pair(697, 1209, 0.05), 0.1 * pair(770, 1336, 0.05)]), 8000) == "15"


def test_a_symbol_in_much_louder_noise_is_not_guessed() -> None:
    """A tone 9 dB below white noise is refused rather than taken for what it may be."""
    sound = np.tile(pair(697, 1209, 0.05), 20)
    noise = np.random.default_rng(1).normal(0, 0.2 * 10 ** (9 / 20), len(sound))
    assert hear((sound + noise).astype(np.float32), 8000) == ""


def test_a_rate_too_low_for_the_tones_hears_nothing() -> None:
    """Below 4 kHz the highest tone is not in the sound: nothing is heard instead of something wrong."""
    assert hear(resample(speak("1D"), 3000), 3000) == ""
