"""Microphones: every chunk says what it tells it says, wherever the track is cut."""

import io
import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.errors import UsageError
from bench.media import wav
from bench.media.hearing import symbols_in_sound, words_in_sound
from bench.media.microphone import Chunk, Microphone
from bench.media.tones import Samples
from bench.media.wav import HEADER_BYTES, Sound
from bench.media.word import Word

LENGTHS_S = [0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0, 1.2, 1.5, 2.0, 5.0]


def joined(chunks: list[Chunk]) -> bytes:
    """One WAV file of all chunks' sound."""
    samples = b"".join(chunk.wav[HEADER_BYTES:] for chunk in chunks)
    return wav.header(len(samples) // 2) + samples


def hums(seconds: float, rate_hz: int) -> Sound:
    """The user's own sound: noise and a tone."""
    noise = np.random.default_rng(3).normal(0, 0.2, round(seconds * rate_hz)).astype(np.float32)
    return Sound(noise + np.sin(np.arange(len(noise), dtype=np.float32) / 20), rate_hz)


@pytest.mark.parametrize("stream_every_s", LENGTHS_S)
def test_a_chunk_is_a_recorders_wav(stream_every_s: float) -> None:
    """Every chunk is a file of 48 kHz, 16 bit, mono with a 44-byte header, as long as it says."""
    chunk = Microphone(stream_every_s, seed=1).chunk(3, 4)
    with wave.open(io.BytesIO(chunk.wav)) as file:
        assert file.getparams()[:4] == (1, 2, 48_000, round(48_000 * stream_every_s))
    assert len(chunk.wav) == 44 + 2 * round(48_000 * stream_every_s)
    assert (chunk.start_s, chunk.duration_s) == pytest.approx((4 * stream_every_s, stream_every_s))


@pytest.mark.parametrize("stream_every_s", [length for length in LENGTHS_S if length >= 1])
@pytest.mark.parametrize("number", [0, 1, 361, 362, 5000])
def test_a_word_lies_wholly_in_its_own_chunk(stream_every_s: float, number: int) -> None:
    """From 1 s on each chunk alone says the viewer's word of its number, and tells so."""
    microphone = Microphone(stream_every_s, seed=1)
    chunk = microphone.chunk(77, number)
    assert words_in_sound(chunk.wav, microphone.layout) == (Word(77, number % microphone.layout.numbers),)
    (part,) = chunk.words
    assert (part.word, part.first, part.stop) == (number, 0, microphone.layout.symbols)
    assert not part.cut
    assert part.ends


@pytest.mark.parametrize("stream_every_s", [length for length in LENGTHS_S if length < 1])
def test_short_chunks_share_a_word(stream_every_s: float) -> None:
    """Chunks too short for a word hold whole symbols of one, which all chunks of the word together say."""
    microphone = Microphone(stream_every_s, seed=1)
    chunks = [microphone.chunk(9, number) for number in microphone.layout.chunks(4)]
    assert words_in_sound(joined(chunks), microphone.layout) == (Word(9, 4),)
    symbols = microphone.layout.spell(9, 4)
    for chunk in chunks:
        (part,) = chunk.words
        assert symbols_in_sound(chunk.wav) == symbols[part.first : part.stop]
        assert part.word == 4
    assert [chunk.words[0].ends for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


@pytest.mark.parametrize("stream_every_s", LENGTHS_S)
@pytest.mark.parametrize("jitter", [0.05, 0.3, 0.5])
def test_jitter_moves_the_cuts_only(stream_every_s: float, jitter: float) -> None:
    """Chunks of uneven length follow each other without a gap, and together are the very track of even ones."""
    even, uneven = Microphone(stream_every_s, seed=5), Microphone(stream_every_s, seed=5, jitter=jitter)
    chunks = [uneven.chunk(2, number) for number in range(12)]
    track = joined([even.chunk(2, number) for number in range(13)])[HEADER_BYTES:]
    assert track.startswith(joined(chunks)[HEADER_BYTES:])
    for number, (chunk, following) in enumerate(pairwise(chunks)):
        assert chunk.start_s + chunk.duration_s == pytest.approx(following.start_s)
        assert chunk.duration_s == pytest.approx((len(chunk.wav) - 44) / 2 / 48_000)
        assert abs(chunk.start_s - number * stream_every_s) <= jitter / 2 * stream_every_s + 1e-4
    lengths = {chunk.duration_s for chunk in chunks}
    assert len(lengths) > 6
    assert max(abs(length / stream_every_s - 1) for length in lengths) > jitter / 4


@settings(max_examples=40, deadline=None)
@given(
    stream_every_s=st.sampled_from(LENGTHS_S),
    jitter=st.floats(0, 0.5),
    seed=st.integers(0, 2**63 - 1),
    viewer=st.integers(0, 1023),
    number=st.integers(0, 5000),
)
def test_a_chunk_says_what_it_tells(stream_every_s: float, jitter: float, seed: int, viewer: int, number: int) -> None:
    """The symbols a chunk tells of are those heard in it alone; only those its borders cut may be missing."""
    microphone = Microphone(stream_every_s, seed=seed, jitter=jitter)
    chunk = microphone.chunk(viewer, number)
    told = [
        (symbol, at in part.cut)
        for part in chunk.words
        for at, symbol in enumerate(microphone.layout.spell(viewer, part.word))
        if part.first <= at < part.stop
    ]
    heard = symbols_in_sound(chunk.wav)
    whole = "".join(symbol for symbol, is_cut in told if not is_cut)
    choices = {whole}
    if told and told[0][1]:
        choices |= {told[0][0] + text for text in choices}
    if told and told[-1][1]:
        choices |= {text + told[-1][0] for text in choices}
    assert heard in choices


@pytest.mark.parametrize("stream_every_s", LENGTHS_S)
def test_every_word_ends_in_one_chunk(stream_every_s: float) -> None:
    """However the track is cut, each word ends in exactly one chunk, and none of its symbols is left out."""
    microphone = Microphone(stream_every_s, seed=8, jitter=0.5)
    words = 4
    count = words * microphone.layout.chunks_per_word + 1
    parts = [part for number in range(count) for part in microphone.chunk(1, number).words]
    for word in range(words):
        own = [part for part in parts if part.word == word]
        assert sum(part.ends for part in own) == 1
        assert own[-1].ends
        held = [at for part in own for at in range(part.first, part.stop)]
        cut_twice = sum(len(part.cut) for part in own) // 2
        assert sorted(set(held)) == list(range(microphone.layout.symbols))
        assert len(held) - len(set(held)) == cut_twice


@pytest.mark.parametrize("jitter", [0.0, 0.4])
@pytest.mark.parametrize("stream_every_s", [0.5, 1.0])
def test_several_chunks_can_be_one_file(stream_every_s: float, jitter: float) -> None:
    """Chunks sent as one hold the sound of each, one after the other, and tell of all words in it."""
    microphone = Microphone(stream_every_s, seed=1, jitter=jitter)
    chunks = [microphone.chunk(4, number) for number in range(3, 8)]
    whole = microphone.chunk(4, 3, through=7)
    assert whole.wav == joined(chunks)
    assert (whole.start_s, whole.duration_s) == pytest.approx(
        (chunks[0].start_s, sum(chunk.duration_s for chunk in chunks))
    )
    assert {part.word for part in whole.words} == {part.word for chunk in chunks for part in chunk.words}
    assert sum(part.ends for part in whole.words) == sum(part.ends for chunk in chunks for part in chunk.words)


def test_equal_arguments_give_equal_chunks() -> None:
    """The seed settles the jitter, viewer by viewer; another seed or viewer has another."""
    starts = {
        (seed, viewer): [Microphone(1, seed=seed, jitter=0.2).chunk(viewer, number).start_s for number in range(5)]
        for seed in (1, 2)
        for viewer in (0, 1)
    }
    assert Microphone(1, seed=1, jitter=0.2).chunk(0, 3).start_s == starts[1, 0][3]
    assert len({tuple(each) for each in starts.values()}) == 4


@pytest.mark.parametrize("jitter", [0.0, 0.3])
@pytest.mark.parametrize("sound", [hums(3, 44_100), hums(0.4, 8000)], ids=["longer", "shorter"])
def test_the_users_own_sound_is_below_the_words(sound: Sound, jitter: float) -> None:
    """Words are heard over a looped sound of any length and rate, which fills the pauses and differs by viewer."""
    microphone = Microphone(1, seed=1, jitter=jitter, sound=sound)
    file = joined([microphone.chunk(6, number) for number in range(8)])
    assert words_in_sound(file, microphone.layout)[:7] == tuple(Word(6, number) for number in range(7))  # type: ignore[index]  # a WAV is never None
    samples = np.frombuffer(file[HEADER_BYTES:], np.int16)
    assert np.count_nonzero(samples[:1000]) > 900
    assert np.abs(samples.astype(np.int32)).max() < 32_767
    assert microphone.chunk(7, 0).wav[44:1044] != file[44:1044]


@pytest.mark.parametrize("jitter", [-0.1, 0.51, float("nan")])
def test_jitter_out_of_range_is_refused(jitter: float) -> None:
    """More jitter than half a chunk raises an error that names the range."""
    with pytest.raises(UsageError, match="out of range"):
        Microphone(1, seed=1, jitter=jitter)


@pytest.mark.parametrize("stream_every_s", [0.05, 90])
def test_unusable_lengths_are_refused(stream_every_s: float) -> None:
    """A chunk length that cannot carry words is refused at once, not at the first chunk."""
    with pytest.raises(UsageError, match="too"):
        Microphone(stream_every_s, seed=1)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(100, np.float32)])
def test_an_empty_or_silent_sound_is_refused(samples: Samples) -> None:
    """A sound with nothing in it raises an error that says what to name instead."""
    with pytest.raises(UsageError, match="no sound"):
        Microphone(1, seed=1, sound=Sound(samples, 48_000))


def test_a_viewer_beyond_the_budget_is_refused() -> None:
    """A viewer number that a word cannot hold raises instead of speaking as another."""
    with pytest.raises(UsageError, match="1024"):
        Microphone(1, seed=1).chunk(1024, 0)
