"""Hearing DTMF digits, each exactly once, within what ITU-T Q.24 asks of a receiver."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.media.microphone import Microphone
from target_app.dtmf import HIGH_HZ, KEYS, LOW_HZ, powers, recognise
from target_app.sound import History, mono
from tests.target_app.keytones import Wave, cut, silence, spoken, tone

ALL = "0123456789ABCD*#"
RATES = [8000, 11025, 16000, 22050, 44100, 48000]


def heard(chunks: list[Wave], rate_hz: int) -> str:
    """Recognise chunk by chunk, as the page does."""
    history, text = History(rate_hz), ""
    for chunk in chunks:
        new = mono(chunk)
        text += recognise(new, history)
        history = history.followed_by(new)
    return text


def goertzel(samples: Wave, tone_hz: float, rate_hz: int) -> float:
    """Work out a tone's mean square by the recurrence, one sample after the other."""
    turn = 2 * np.pi * tone_hz / rate_hz
    last = older = 0.0
    for sample in samples.tolist():
        last, older = sample + 2 * np.cos(turn) * last - older, last
    return float(2 * (last**2 + older**2 - 2 * np.cos(turn) * last * older) / len(samples) ** 2)


def test_powers_are_goertzels() -> None:
    """The matrix product measures what Goertzel's recurrence measures, for all tones."""
    samples = tone("7", 0.015, 8000) + np.random.default_rng(1).normal(0, 0.1, 120)
    measured = powers(samples[None].astype(np.float32), 8000)[0]
    assert np.allclose(measured, [goertzel(samples, hz, 8000) for hz in LOW_HZ + HIGH_HZ], rtol=1e-3, atol=1e-6)


def test_the_keypad_is_q23s() -> None:
    """Row by row as on a phone; the frequencies are those of the recommendation."""
    assert "".join(KEYS) == "123A456B789C*0#D"
    assert (LOW_HZ, HIGH_HZ) == ((697, 770, 852, 941), (1209, 1336, 1477, 1633))


@pytest.mark.parametrize("rate_hz", RATES)
def test_all_sixteen_digits_at_every_usual_rate(rate_hz: int) -> None:
    """Tones and pauses of 40 ms each, the shortest that a sender may give, in chunks of about a second."""
    wave = spoken(ALL, rate_hz, tone_s=0.04, pause_s=0.04)
    assert heard(cut(wave, [rate_hz]), rate_hz) == ALL


@settings(max_examples=60, deadline=None)
@given(
    digits=st.text(ALL, min_size=1, max_size=12),
    rate_hz=st.sampled_from(RATES),
    lengths=st.lists(st.integers(0, 12000), max_size=40),
    begin=st.integers(0, 1000),
)
def test_every_digit_is_heard_once_however_the_sound_is_cut(
    digits: str, rate_hz: int, lengths: list[int], begin: int
) -> None:
    """Chunks of any length, empty ones too, and borders within tones and pauses, change nothing."""
    wave = np.concatenate([np.zeros(begin), spoken(digits, rate_hz)])
    assert heard(cut(wave, lengths), rate_hz) == digits


def test_a_border_at_every_place_of_two_equal_digits() -> None:
    """Two chunks with their border at each millisecond of `55`: always two fives."""
    wave = spoken("55", 8000)
    assert {heard(cut(wave, [at]), 8000) for at in range(0, len(wave), 8)} == {"55"}


@pytest.mark.parametrize("chunk_s", [0.001, 0.01, 0.1, 1, 2.5])
def test_equal_digits_are_told_apart_by_the_silence_between(chunk_s: float) -> None:
    """Five of the same digit are five, in chunks of every length, far shorter than a tone as well."""
    wave = spoken("77777", 8000)
    size = round(chunk_s * 8000)
    assert heard(cut(wave, [size] * (len(wave) // size)), 8000) == "77777"


def test_a_digit_held_down_is_one_digit() -> None:
    """A tone longer than the history remembers is still the same tone."""
    wave = np.concatenate([tone("9", 6, 8000), silence(0.05, 8000), tone("9", 0.05, 8000)])
    assert heard(cut(wave, [8000] * 6), 8000) == "99"


@pytest.mark.parametrize("rate_hz", RATES)
def test_durations_are_q24s(rate_hz: int) -> None:
    """40 ms are a digit and 23 ms are none; a gap of 10 ms splits nothing, one of 35 ms does; wherever they lie."""
    for begin_s in np.linspace(0.1, 0.105, 6):
        lead = silence(float(begin_s), rate_hz)
        for tone_s, expected in ((0.04, "1"), (0.023, "")):
            assert heard([np.concatenate([lead, tone("1", tone_s, rate_hz), lead])], rate_hz) == expected
        for gap_s, expected in ((0.01, "1"), (0.035, "11")):
            pair = [lead, tone("1", 0.05, rate_hz), silence(gap_s, rate_hz), tone("1", 0.05, rate_hz), lead]
            assert heard([np.concatenate(pair)], rate_hz) == expected


@pytest.mark.parametrize("digit", ALL)
def test_frequencies_and_levels_are_q24s(digit: str) -> None:
    """1.5 % off is still the digit, 8 dB between its tones is, and so is a tone 25 dB below full scale."""
    pause = silence(0.05, 8000)
    for sound in (
        tone(digit, 0.04, 8000, off=0.015),
        tone(digit, 0.04, 8000, off=-0.015),
        tone(digit, 0.04, 8000, twist_db=8),
        tone(digit, 0.04, 8000, twist_db=-8),
        tone(digit, 0.04, 8000, peak=10 ** (-25 / 20)),
    ):
        assert heard([np.concatenate([pause, sound, pause])], 8000) == digit


@pytest.mark.parametrize("rate_hz", [8000, 48000])
def test_noise_neither_hides_nor_makes_digits(rate_hz: int) -> None:
    """At 15 dB below the tones (Q.24 has lines of 12 to 15 dB) every digit is heard; noise alone is silence."""
    generator = np.random.default_rng(4)
    wave = spoken(ALL, rate_hz, tone_s=0.06)
    noisy = wave + generator.normal(0, 0.25 * 10 ** (-15 / 20), len(wave))
    assert heard([noisy], rate_hz) == ALL
    assert heard([generator.normal(0, 0.3, 5 * rate_hz)], rate_hz) == ""


def test_what_is_no_pair_of_tones_is_no_digit() -> None:
    """A row's tone alone, two rows' tones, a chord of three and a hum are not taken for digits."""
    time_s = np.arange(4000) / 8000
    sine = {hz: np.sin(2 * np.pi * hz * time_s) / 4 for hz in (120, 697, 941, 1209, 1336)}
    for chord in ([697], [697, 941], [697, 1209, 1336], [120]):
        assert heard([np.sum([sine[hz] for hz in chord], axis=0)], 8000) == ""


def test_a_rate_too_low_for_the_tones_is_heard_as_nothing() -> None:
    """Below 4 kHz the highest tones cannot be in the sound: no digit, and no failure."""
    assert heard([spoken("123", 3000)], 3000) == ""


@pytest.mark.parametrize("jitter", [0.0, 0.5])
@pytest.mark.parametrize("stream_every_s", [0.3, 1, 2.5])
def test_the_synthetic_microphone_is_heard_to_the_letter(stream_every_s: float, jitter: float) -> None:
    """The words of the harness's own microphone, which has another detector, come out as they were spelt."""
    microphone = Microphone(stream_every_s, seed=2, jitter=jitter)
    chunks = [microphone.chunk(7, number) for number in range(30)]
    text = heard([mono(np.frombuffer(chunk.wav[44:], "<i2")).astype(np.float64) for chunk in chunks], 48000)
    words = "".join(microphone.layout.spell(7, number) for number in range(30))
    assert text == words[: len(text)]
    assert len(text) > 0.8 * 30 * microphone.layout.symbols_per_chunk
