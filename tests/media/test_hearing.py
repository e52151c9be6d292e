"""Transcripts: whatever happens to chunks and text, words are read or refused, never misread."""

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.media import wav
from bench.media.hearing import Heard, TranscriptReader, symbols_in_sound, words_in_sound
from bench.media.microphone import Microphone
from bench.media.tones import KEYPAD, RATE_HZ, Samples
from bench.media.wav import Sound
from bench.media.word import Word, WordLayout

DOCS = (Path(__file__).parents[2] / "docs" / "marks.md").read_text()
LAYOUT = WordLayout.for_chunks(1)
VIEWER, OTHER = 7, 8
LAST = 60
DAMAGED_TEXTS = 3000


def said(*numbers: int, viewer: int = VIEWER) -> str:
    """The text of these words of one viewer."""
    return "".join(LAYOUT.spell(viewer, number) for number in numbers)


def read_all(*texts: str) -> list[Heard]:
    """What one reader tells of one text after another."""
    reader = TranscriptReader(LAYOUT, VIEWER)
    return [reader.read(text, LAST) for text in texts]


@given(numbers=st.lists(st.integers(0, 12), max_size=25), cuts=st.lists(st.integers(0, 250), max_size=8))
def test_losses_doublings_and_order_are_told(numbers: list[int], cuts: list[int]) -> None:
    """Whatever chunks are heard in whatever order, and in however many pieces the text comes, the account is right."""
    text, reader = said(*numbers), TranscriptReader(LAYOUT, VIEWER)
    heard = [reader.read(text[:cut], LAST) for cut in sorted({*cuts, len(text)})]
    seen = list(dict.fromkeys(numbers))
    late = [number for at, number in enumerate(seen) if at and number < max(seen[:at])]
    assert [number for each in heard for number in each.words] == seen
    assert [number for each in heard for number in each.out_of_order] == late
    assert len([number for each in heard for number in each.doubled]) == len(numbers) - len(seen)
    assert {number for each in heard for number in each.lost} - set(late) == set(reader.missing)
    assert reader.missing == sorted(set(range(max(numbers, default=-1) + 1)) - set(numbers))
    assert not any(each.foreign or each.damaged or each.withdrawn or each.went_back for each in heard)


def test_only_news_are_told() -> None:
    """Each reading tells what the text gained since the one before, and nothing twice."""
    first, again, more = read_all(said(0, 1, 4), said(0, 1, 4), said(0, 1, 4, 4, 2, 5))
    assert first == Heard(words=(0, 1, 4), lost=(2, 3))
    assert again == Heard()
    assert more == Heard(words=(2, 5), doubled=(4,), out_of_order=(2,))


def test_anothers_words_are_told() -> None:
    """Another viewer's words are foreign; where the number of viewers is known, those of nobody are damage."""
    text = said(0) + said(3, 3, viewer=OTHER) + said(1) + said(2, viewer=900)
    assert read_all(text) == [Heard(words=(0, 1), foreign=(Word(8, 3), Word(8, 3), Word(900, 2)))]
    few = TranscriptReader(LAYOUT, VIEWER, viewers=10)
    assert few.read(text, LAST) == Heard(words=(0, 1), foreign=(Word(8, 3), Word(8, 3)), damaged=1)


def test_a_word_not_yet_spoken_is_refused() -> None:
    """The viewer's own word that it had not yet sent is damage, not the future."""
    assert TranscriptReader(LAYOUT, VIEWER).read(said(4, 5), 4) == Heard(words=(4,), lost=(0, 1, 2, 3), damaged=1)


def test_numbers_go_on_where_they_wrap() -> None:
    """After the last number of the budget the words count on."""
    reader = TranscriptReader(LAYOUT, VIEWER)
    reader.read(said(LAYOUT.numbers - 1), LAYOUT.numbers - 1)
    assert reader.read(said(LAYOUT.numbers - 1, 0, 2), LAYOUT.numbers + 2) == Heard(
        words=(LAYOUT.numbers, LAYOUT.numbers + 2), lost=(LAYOUT.numbers + 1,)
    )


@pytest.mark.parametrize(
    ("middle", "damaged"),
    [
        (said(1)[:6], 1),
        (said(1)[4:], 1),
        (said(1)[:6] + said(2)[:3], 2),
        (said(1)[:4] + said(2)[8:], 1),
        (said(1)[:5] + "#" + said(1)[6:] + "123", 1),
        ("*", 1),
        ("", 0),
    ],
    ids=["front", "tail", "two fronts", "front and tail", "wrong and more", "start", "nothing"],
)
def test_torn_words_are_damage(middle: str, damaged: int) -> None:
    """Pieces of words between whole ones are counted once each, and take nothing from their neighbours."""
    assert read_all(said(0) + middle + said(3)) == [Heard(words=(0, 3), lost=(1, 2), damaged=damaged)]


def test_damage_that_grows_counts_once() -> None:
    """A torn word whose symbols come in with several results is one, and an unfinished word is none yet."""
    damage = "123456789012"
    readings = read_all(*(said(0) + damage[:length] for length in range(13)), said(0) + damage + said(1)[:9])
    assert sum(each.damaged for each in readings) == 1
    assert [each.words for each in readings if each.words] == [(0,)]


@pytest.mark.parametrize("shape", ["\n{}", "{}\n", " {} ", "{}, ", "<{}>"])
def test_what_is_no_symbol_is_skipped(shape: str) -> None:
    """Line ends, spaces and signs between and within words change nothing."""
    text = "".join(shape.format(symbol) for symbol in said(0, 1))
    assert read_all(text, text.strip(), text + "  ") == [Heard(words=(0, 1)), Heard(), Heard()]


def test_a_lost_update_is_told() -> None:
    """A text that goes on from an older state than was shown went back, and says which words that took."""
    readings = read_all(said(0, 1, 2, 3), said(0, 1, 4), said(0, 1, 4, 5))
    assert readings[1] == Heard(words=(4,), withdrawn=(2, 3), went_back=True)
    assert readings[2] == Heard(words=(5,))


def test_an_older_text_is_told_and_forgiven() -> None:
    """A text that goes back and then returns told of its words twice, and none is missing or doubled in the end."""
    reader = TranscriptReader(LAYOUT, VIEWER)
    reader.read(said(0, 1, 2), LAST)
    assert reader.read(said(0, 1), LAST) == Heard(withdrawn=(2,), went_back=True)
    assert reader.missing == [2]
    assert reader.read(said(0, 1, 2, 3), LAST) == Heard(words=(2, 3))
    assert reader.missing == []


def test_an_unfinished_word_can_go_back_too() -> None:
    """Going back is told even where no whole word was lost by it."""
    assert read_all(said(0, 1)[:15], said(0, 2)[:13])[1] == Heard(went_back=True)


@pytest.mark.parametrize("following", ["", said(3), said(3)[:5]], ids=["cleared", "replaced", "a piece"])
def test_a_text_that_begins_anew_is_told(following: str) -> None:
    """A text with nothing of what stood there restarted: its words are new, those before are withdrawn."""
    heard = read_all(said(0, 1, 2), following)[1]
    assert heard == Heard(words=(3,) if len(following) == 10 else (), withdrawn=(0, 1, 2), restarted=True)


@given(words=st.integers(1, 20), window=st.integers(25, 60))
def test_a_sliding_window_is_followed(words: int, window: int) -> None:
    """An app that shows only the last so many symbols withdraws nothing: each word is told once, none as lost."""
    reader, text = TranscriptReader(LAYOUT, VIEWER), said(*range(words))
    heard = [reader.read(text[: end + 1][-window:], LAST) for end in range(len(text))]
    assert [number for each in heard for number in each.words] == list(range(words))
    assert not any(each.withdrawn or each.went_back or each.restarted or each.damaged for each in heard)
    assert reader.missing == []


@given(texts=st.lists(st.text("*01234 AD#\nx", max_size=30), max_size=8))
def test_any_text_can_be_read(texts: list[str]) -> None:
    """No sequence of texts raises, and none of these, in which no word stands, gives one."""
    assert not any(each.words or each.foreign for each in read_all(*texts))


def test_no_damaged_text_is_misread() -> None:
    """In thousands of transcripts with spans lost, symbols changed, added and removed, only what was said is read."""
    random, misread, refused, read = np.random.default_rng(13), 0, 0, 0
    for _ in range(DAMAGED_TEXTS):
        start = int(random.integers(0, 300))
        words = {Word(int(viewer), start + at) for viewer in random.integers(0, 1024, 2) for at in range(4)}
        symbols = list("".join(LAYOUT.spell(word.viewer, word.number) for word in sorted(words, key=hash)))
        for _ in range(int(random.integers(1, 6))):
            at, length = int(random.integers(0, len(symbols))), int(random.integers(0, 14))
            symbols[at : at + length] = random.choice(list(KEYPAD), int(random.integers(0, 3))).tolist()
        heard = TranscriptReader(LAYOUT, 1023).read("".join(symbols), 400)
        misread += len(set(heard.foreign) - words)
        read, refused = read + len(heard.foreign), refused + heard.damaged
    assert misread == 0
    assert min(read, refused) > DAMAGED_TEXTS


@settings(max_examples=25, deadline=None)
@given(
    heard=st.lists(st.integers(0, 14), min_size=1, max_size=20),
    stream_every_s=st.sampled_from([0.25, 0.5, 1.0, 1.5]),
    jitter=st.sampled_from([0.0, 0.1, 0.4]),
    seed=st.integers(0, 99),
)
def test_sound_cut_anywhere_is_never_misread(heard: list[int], stream_every_s: float, jitter: float, seed: int) -> None:
    """Chunks lost, doubled and out of order, torn tones included: each word read is one of which chunks were heard."""
    microphone = Microphone(stream_every_s, seed=seed, jitter=jitter)
    chunks = [microphone.chunk(VIEWER, number) for number in heard]
    samples = b"".join(chunk.wav[wav.HEADER_BYTES :] for chunk in chunks)
    text = symbols_in_sound(wav.header(len(samples) // 2) + samples)
    assert text is not None
    account = TranscriptReader(microphone.layout, VIEWER).read(text, max(heard))
    assert not account.foreign
    assert {*account.words} <= {part.word for chunk in chunks for part in chunk.words}
    if not jitter and microphone.layout.chunks_per_word == 1:
        assert list(account.words) == list(dict.fromkeys(heard))
        assert len(account.doubled) == len(heard) - len(set(heard))
        assert account.damaged == 0


def test_words_are_heard_in_a_returned_sound() -> None:
    """An echoed chunk tells whose it is; noise says nothing; another encoding cannot be read."""
    microphone = Microphone(1, seed=1)
    assert words_in_sound(microphone.chunk(3, 400).wav, microphone.layout) == (Word(3, 400 - 362),)
    assert words_in_sound(wav.header(48_000) + bytes(96_000), microphone.layout) == ()
    assert words_in_sound(b"ID3\x04" + bytes(4000), microphone.layout) is None


def _noise(samples: Samples, snr_db: float) -> Samples:
    level = np.sqrt(0.35**2 / 10 ** (snr_db / 10))
    random = np.random.default_rng(zlib.crc32(samples.tobytes()))  # another noise for every chunk
    return samples + random.normal(0, level, len(samples)).astype(np.float32)


def _resampled(samples: Samples, rate_hz: int) -> Samples:
    at = np.arange(0, len(samples), RATE_HZ / rate_hz)
    return np.asarray(np.interp(at, np.arange(len(samples)), samples), np.float32)


def _echo(samples: Samples, delay_s: float, gain: float) -> Samples:
    late = np.roll(samples, round(delay_s * RATE_HZ))
    return samples + np.float32(gain) * late


def _mu_law(samples: Samples) -> Samples:
    """There and back through the telephone's 8 bits (ITU-T G.711's curve)."""
    small = np.round(np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(small) * (256 ** np.abs(small) - 1) / 255, np.float32)


CHANGES: dict[str, Callable[[Samples], Sound]] = {
    "nothing": lambda samples: Sound(samples, RATE_HZ),
    "gain 0.1": lambda samples: Sound(samples * np.float32(0.1), RATE_HZ),
    "gain 0.01": lambda samples: Sound(samples * np.float32(0.01), RATE_HZ),
    "gain 5, clipped": lambda samples: Sound(np.clip(5 * samples, -1, 1), RATE_HZ),
    "turned upside down": lambda samples: Sound(-samples, RATE_HZ),
    "44.1 kHz": lambda samples: Sound(_resampled(samples, 44_100), 44_100),
    "24 kHz": lambda samples: Sound(_resampled(samples, 24_000), 24_000),
    "16 kHz": lambda samples: Sound(_resampled(samples, 16_000), 16_000),
    "8 kHz, μ-law": lambda samples: Sound(_mu_law(_resampled(samples, 8000)), 8000),
    "white noise 10 dB below": lambda samples: Sound(_noise(samples, 10), RATE_HZ),
    "white noise 3 dB below": lambda samples: Sound(_noise(samples, 3), RATE_HZ),
    "white noise 10 dB below at 16 kHz": lambda samples: Sound(_noise(_resampled(samples, 16_000), 10), 16_000),
    "an echo after 20 ms at 0.3": lambda samples: Sound(_echo(samples, 0.02, 0.3), RATE_HZ),
    "speed 1.01": lambda samples: Sound(_resampled(samples, round(RATE_HZ / 1.01)), RATE_HZ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_word_survives(name: str) -> None:
    """Every returned chunk reads as its own word, and docs/marks.md states how many there were."""
    microphone, random, read = Microphone(1, seed=1), np.random.default_rng(5), []
    for viewer, number in random.integers(0, 362, (100, 2)).tolist():
        sound = wav.decode(microphone.chunk(viewer, number).wav)
        assert sound is not None
        changed = CHANGES[name](sound.samples)
        body = np.round(np.clip(changed.samples, -1, 1) * 32_767).astype("<i2").tobytes()
        head = bytearray(wav.header(len(body) // 2))
        head[24:28] = changed.rate_hz.to_bytes(4, "little")
        read.append(words_in_sound(bytes(head) + body, microphone.layout) == (Word(viewer, number),))
    assert f"| {name} | {sum(read)} of {len(read)} |" in DOCS
    assert all(read)


@pytest.mark.parametrize("stream_every_s", [0.25, 0.5, 1.0, 1.2, 1.4, 5.0])
def test_the_documented_budget_is_the_real_one(stream_every_s: float) -> None:
    """The table of chunk lengths in docs/marks.md states what a word of each holds."""
    layout = WordLayout.for_chunks(stream_every_s)
    wraps_min = layout.numbers * layout.chunks_per_word * stream_every_s / 60
    assert (
        f"| {stream_every_s:g} s | {layout.symbols} | {layout.symbols_per_chunk} | {layout.chunks_per_word} "
        f"| {layout.viewers:,} | {layout.numbers:,} | {wraps_min:.0f} min |"
    ) in DOCS
