"""Words: the identity budget of every chunk length, and the garblings that are refused without exception."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import UsageError
from bench.media.word import DIGITS, START, Word, WordLayout

LAYOUTS = [WordLayout.for_chunks(chunk_s) for chunk_s in (0.25, 1.0, 1.2, 2.0)]
RANDOM_WORDS = 100_000
layouts = st.sampled_from(LAYOUTS)
numbers = st.integers(0, 2**32 - 1)
pairs = st.tuples(numbers, numbers)


def _word(layout: WordLayout, pair: tuple[int, int]) -> Word:
    return Word(pair[0] % layout.viewers, pair[1] % layout.numbers)


def _spell(layout: WordLayout, word: Word) -> str:
    return layout.spell(word.viewer, word.number)


@given(layout=layouts, pair=pairs)
def test_a_word_reads_back(layout: WordLayout, pair: tuple[int, int]) -> None:
    """Any viewer's any word is a start and base-13 digits, and reads back as itself."""
    word = _word(layout, pair)
    symbols = layout.spell(word.viewer, pair[1])
    assert len(symbols) == layout.symbols
    assert symbols[0] == START
    assert set(symbols[1:]) <= set(DIGITS)
    assert layout.identify(symbols) == word


@given(layout=layouts, pair=pairs)
def test_a_word_is_a_polynomial(layout: WordLayout, pair: tuple[int, int]) -> None:
    """Less 2^i, its digits are values of a polynomial of degree below `digits`: that many differences on, all is 0."""
    symbols = _spell(layout, _word(layout, pair))[1:]
    values = np.array([DIGITS.index(symbol) - 2**at for at, symbol in enumerate(symbols)])
    assert not (np.diff(values, layout.digits) % 13).any()


@given(layout=layouts, pair=pairs, data=st.data())
def test_wrong_symbols_are_refused(layout: WordLayout, pair: tuple[int, int], data: st.DataObject) -> None:
    """As many wrong symbols as there are check digits, anywhere and of any kind, are always refused."""
    symbols = list(_spell(layout, _word(layout, pair)))
    places = st.lists(st.integers(1, len(symbols) - 1), unique=True, min_size=1, max_size=layout.digits - 1)
    for at in data.draw(places):
        symbols[at] = data.draw(st.sampled_from(sorted({*DIGITS, "D", "#"} - {symbols[at]})))
    assert layout.identify("".join(symbols)) is None


@given(layout=layouts, one=pairs, other=pairs, apart=st.integers(0, 3), data=st.data())
def test_two_words_joined_are_one_of_them_or_none(
    layout: WordLayout, one: tuple[int, int], other: tuple[int, int], apart: int, data: st.DataObject
) -> None:
    """The front of one word and the rest of another, neighbours or strangers, never make a third."""
    first = _word(layout, one)
    second = _word(layout, (first.viewer, first.number + apart) if apart else other)
    cut = data.draw(st.integers(0, layout.symbols))
    torn = _spell(layout, first)[:cut] + _spell(layout, second)[cut:]
    assert layout.identify(torn) in {None, first, second}


@given(layout=layouts, pair=pairs, other=pairs, data=st.data())
def test_slipped_symbols_are_refused(
    layout: WordLayout, pair: tuple[int, int], other: tuple[int, int], data: st.DataObject
) -> None:
    """A word in which a long run of another's symbols stands at the wrong places is refused, whatever fills it up."""
    source = _spell(layout, _word(layout, pair))[1:]
    length = data.draw(st.integers(layout.digits + 1, len(source) - 1))
    begin, at = (data.draw(st.integers(0, len(source) - length)) for _ in range(2))
    fill = _spell(layout, _word(layout, other))[1:]
    slipped = fill[:at] + source[begin : begin + length] + fill[at + length :]
    if begin != at:
        assert layout.identify(START + slipped) is None


@pytest.mark.parametrize("symbols", ["", "*", "*12", "*123456789A", "0123456789", "*12345678D", "*12345678 "])
def test_what_is_no_word_is_refused(symbols: str) -> None:
    """Symbols of another length, without a start, or with a character that no word has, are refused."""
    assert LAYOUTS[1].identify(symbols) is None


def test_random_symbols_pass_as_rarely_as_stated() -> None:
    """Digits at random make a word about once in 13^4 = 28,561."""
    layout, random = LAYOUTS[1], np.random.default_rng(5)
    texts = np.array(list(DIGITS))[random.integers(0, len(DIGITS), (RANDOM_WORDS, layout.symbols - 1))]
    passed = sum(layout.identify(START + "".join(text)) is not None for text in texts.tolist())
    assert 0 < passed < 4 * RANDOM_WORDS / 28_561


@pytest.mark.parametrize("chunk_s", [0.0, -1.0, 0.09, 61.0, float("nan"), float("inf")])
def test_unusable_chunk_lengths_are_refused_with_a_remedy(chunk_s: float) -> None:
    """Chunks without room for one symbol, or absurdly long ones, raise an error that names the option."""
    with pytest.raises(UsageError) as refusal:
        WordLayout.for_chunks(chunk_s)
    assert "--stream-every" in refusal.value.remedy


def test_a_viewer_beyond_the_budget_is_refused() -> None:
    """A viewer number that would be cut to another viewer's raises instead."""
    with pytest.raises(UsageError, match="1024"):
        LAYOUTS[1].spell(1024, 0)


@given(layout=layouts, last_chunk=numbers, age=st.integers(0, 361))
def test_unwrapping_undoes_the_counter(layout: WordLayout, last_chunk: int, age: int) -> None:
    """A word is told from what was heard of it and the newest chunk sent; its chunks hold it."""
    word = last_chunk // layout.chunks_per_word - age
    assert layout.unwrap(word % layout.numbers, last_chunk) == (word if word >= 0 else None)
    assert last_chunk in layout.chunks(word + age)
