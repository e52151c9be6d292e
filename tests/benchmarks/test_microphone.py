"""What a chunk of sound costs: making it and hearing it. `make bench` measures; the ratios always hold."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.media.hearing import TranscriptReader, words_in_sound
from bench.media.microphone import Microphone
from bench.media.tones import RATE_HZ
from bench.media.wav import Sound
from bench.media.word import Word

CHUNK_BAR_S = 50e-6


@pytest.fixture(scope="module")
def microphone() -> Microphone:
    """Set up a microphone with the default chunks of 1 s."""
    return Microphone(1, seed=1)


def _least_s(action: Callable[[], object], calls: int) -> float:
    """Seconds per call in the quickest of several rounds: what the action costs when nothing disturbs it."""
    rounds = []
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(calls):
            action()
        rounds.append((time.perf_counter() - start) / calls)
    return min(rounds)


@pytest.mark.parametrize("jitter", [0.0, 0.2])
def test_chunk(benchmark: BenchmarkFixture, jitter: float) -> None:
    """Making one chunk of 1 s, 96 kB; the bar is 50 µs."""
    benchmark.extra_info["bar_s"] = CHUNK_BAR_S
    microphone = Microphone(1, seed=1, jitter=jitter)
    assert len(benchmark(microphone.chunk, 7, 1234).wav) > 70_000


def test_chunk_over_the_users_own_sound(benchmark: BenchmarkFixture) -> None:
    """Making one chunk of 1 s laid over another sound; the bar is 50 µs."""
    benchmark.extra_info["bar_s"] = CHUNK_BAR_S
    hiss = np.random.default_rng(1).normal(0, 0.1, 10 * RATE_HZ).astype(np.float32)
    assert len(benchmark(Microphone(1, seed=1, sound=Sound(hiss, RATE_HZ)).chunk, 7, 1234).wav) == 96_044


def test_hear(benchmark: BenchmarkFixture, microphone: Microphone) -> None:
    """Hearing the word in a returned chunk of 1 s, decoding included."""
    chunk = microphone.chunk(7, 12).wav
    assert benchmark(words_in_sound, chunk, microphone.layout) == (Word(7, 12),)


def test_read_the_next_word(benchmark: BenchmarkFixture, microphone: Microphone) -> None:
    """Reading one more word at the end of ten minutes of transcript."""
    words = [microphone.layout.spell(7, number) for number in range(600)]
    before, after = " ".join(words[:-1]), " ".join(words)

    def one_behind() -> tuple[tuple[TranscriptReader, str, int], dict[str, object]]:
        reader = TranscriptReader(microphone.layout, 7)
        for number in range(599):
            reader.read(before[: 11 * (number + 1)], number)
        return (reader, after, 599), {}

    # pytest-benchmark does not annotate `pedantic`.
    heard = benchmark.pedantic(TranscriptReader.read, setup=one_behind, rounds=20)  # type: ignore[no-untyped-call]
    assert heard.words == (599,)


def test_making_a_chunk_is_far_cheaper_than_synthesis(microphone: Microphone) -> None:
    """Joining ready tones costs less than a tenth of computing one sine as long as the chunk."""
    time_s = np.arange(RATE_HZ) / RATE_HZ

    def synthesise() -> bytes:
        return np.round(9000 * np.sin(2 * np.pi * 697 * time_s)).astype(np.int16).tobytes()

    assert 10 * _least_s(lambda: microphone.chunk(7, 1234), 50) < _least_s(synthesise, 5)
