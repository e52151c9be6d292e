"""Hearing: which words of which viewers stand in a transcript, or are to be heard in a returned sound."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bench.media import wav
from bench.media.tones import KEYPAD, hear
from bench.media.word import START, Word, WordLayout

_OTHERS = re.compile(f"[^{re.escape(KEYPAD)}]+")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a transcript says that it did not say before, in words: `WordLayout.chunks` tells the chunks of each.

    All numbers but those in `foreign` are the viewer's own, counted from 0 without wrapping.
    """

    words: tuple[int, ...] = ()  # whole words that are new, in the order of the text; doubled ones stand below
    lost: tuple[int, ...] = ()  # passed over on the way to a newer word, whether they were ever sent or not
    doubled: tuple[int, ...] = ()  # said once more while they stood in the text
    out_of_order: tuple[int, ...] = ()  # those of `words` that are older than one heard before: lost until now
    foreign: tuple[Word, ...] = ()  # other viewers' words, their numbers as spoken, modulo `WordLayout.numbers`
    damaged: int = 0  # stretches of symbols that make no word
    withdrawn: tuple[int, ...] = ()  # stood in the text before and no longer do; said again, they are new
    went_back: bool = False  # the text begins as before and lacks what it went on with: a lost update
    restarted: bool = False  # the text has nothing of what it was: cleared, or replaced with every result


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of the text that stood before."""

    withdrawn: tuple[int, ...] = ()
    went_back: bool = False
    restarted: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    """A closed stretch of the text that ends before symbol `end`: a word or, where there is none, damage.

    `number` is that of the viewer's own word, unwrapped; another viewer's has none. Symbols without
    a start right behind damage are the rest of it: no `new_damage`.
    """

    end: int
    word: Word | None = None
    number: int | None = None
    new_damage: bool = False


class TranscriptReader:
    """Reads one viewer's transcript as it grows.

    Only the 16 DTMF symbols are looked at: spaces and line ends may stand anywhere. A word counts as soon as its last
    symbol is there. `viewers` is how many there are, where that is known: a word of one beyond them is then damage,
    as is one of the viewer's own that it had not yet spoken.
    """

    def __init__(self, layout: WordLayout, viewer: int, viewers: int | None = None) -> None:
        self.newest = -1  # the highest word heard so far
        self._layout = layout
        self._viewer = viewer
        self._viewers = layout.viewers if viewers is None else viewers
        self._text = ""
        self._symbols = ""
        self._tokens: list[_Token] = []
        self._standing: set[int] = set()  # own words in the text, or dropped from its beginning in good order

    @property
    def missing(self) -> list[int]:
        """The words up to the newest that were not heard, or were withdrawn and not said again."""
        return [number for number in range(self.newest + 1) if number not in self._standing]

    def read(self, text: str, last_chunk: int) -> Heard:
        """Tell what is new in `text`, the whole transcript, when `last_chunk` is the newest chunk the viewer sent.

        A text whose beginning the app drops is followed as long as one word's length of what stood there stays.
        """
        change = _Change()
        if text.startswith(self._text):
            self._symbols += _OTHERS.sub("", text[len(self._text) :])
        else:
            change = self._replace(_OTHERS.sub("", text))
        self._text = text
        tokens = list(self._close(last_chunk))
        self._tokens += tokens
        return Heard(
            **self._count(token.number for token in tokens if token.number is not None),
            foreign=tuple(token.word for token in tokens if token.word and token.number is None),
            damaged=sum(token.new_damage for token in tokens),
            withdrawn=change.withdrawn,
            went_back=change.went_back,
            restarted=change.restarted,
        )

    def _replace(self, symbols: str) -> _Change:
        """Take over a text that is not the last one continued."""
        old, word = self._symbols, self._layout.symbols
        kept = _alike(old, symbols)
        self._symbols = symbols
        if kept == len(old):  # only what is no symbol changed
            return _Change()
        if kept < word:
            dropped = _dropped(old, symbols, word)
            if dropped is not None:
                moved = (replace(token, end=token.end - dropped) for token in self._tokens)
                self._tokens = [token for token in moved if token.end > 0]
                return _Change()
            kept = 0
        gone = [token.number for token in self._tokens if token.end > kept and token.number is not None]
        self._tokens = [token for token in self._tokens if token.end <= kept]
        still = {token.number for token in self._tokens}
        withdrawn = tuple(number for number in dict.fromkeys(gone) if number not in still)
        self._standing.difference_update(withdrawn)
        return _Change(withdrawn, went_back=kept > 0, restarted=kept == 0)

    def _close(self, last_chunk: int) -> Iterator[_Token]:
        """Yield every stretch that was closed since the last token; a word still being said is left open."""
        begin = self._tokens[-1].end if self._tokens else 0
        after_damage = begin > 0 and self._tokens[-1].word is None
        for piece, end in _pieces(self._symbols, begin, self._layout):
            word, number = self._identify(piece, last_chunk)
            yield _Token(end, word, number, word is None and not (after_damage and piece[0] != START))
            after_damage = word is None

    def _identify(self, piece: str, last_chunk: int) -> tuple[Word | None, int | None]:
        """The word that `piece` is, if it is one that can have been said, and its unwrapped number if it is own."""
        word = self._layout.identify(piece)
        if word is None or word.viewer != self._viewer:
            return (word if word and word.viewer < self._viewers else None), None
        number = self._layout.unwrap(word.number, last_chunk)
        return (None if number is None else word), number

    def _count(self, numbers: Iterable[int]) -> dict[str, tuple[int, ...]]:
        """Sort the viewer's own words, as they come, into the new, the lost, the doubled and the late."""
        words, lost, doubled, late = [], list[int](), [], []
        for number in numbers:
            if number in self._standing:
                doubled.append(number)
                continue
            words.append(number)
            self._standing.add(number)
            if number < self.newest:
                late.append(number)
            lost += range(self.newest + 1, number)
            self.newest = max(self.newest, number)
        return {
            "words": tuple(words),
            "lost": tuple(lost),
            "doubled": tuple(doubled),
            "out_of_order": tuple(late),
        }


def words_in_sound(data: bytes, layout: WordLayout) -> tuple[Word, ...] | None:
    """Hear the whole words in a returned WAV file, in order; None where `data` is another encoding, or no sound."""
    symbols = symbols_in_sound(data)
    if symbols is None:
        return None
    words = (layout.identify(piece) for piece, _ in _pieces(symbols, 0, layout))
    return tuple(word for word in words if word is not None)


def symbols_in_sound(data: bytes) -> str | None:
    """Hear the DTMF symbols in a WAV file, in order; None where `data` is another encoding, or no sound."""
    sound = wav.decode(data)
    return None if sound is None else hear(sound.samples, sound.rate_hz)


def _pieces(symbols: str, begin: int, layout: WordLayout) -> Iterator[tuple[str, int]]:
    """Yield each stretch from `begin` on with its end: what a start and a word's length make, or what lies between.

    A start at the end of the text that has not yet its word's length is left out.
    """
    while begin < len(symbols):
        is_word = symbols[begin] == START
        following = symbols.find(START, begin + 1)
        end = len(symbols) if following < 0 else following
        if is_word and following < 0 and end - begin < layout.symbols:
            return
        end = min(end, begin + layout.symbols) if is_word else end
        yield symbols[begin:end], end
        begin = end


def _alike(old: str, new: str) -> int:
    """How many symbols the two have in common from the beginning on."""
    pairs = zip(old, new, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _dropped(old: str, new: str, least: int) -> int | None:
    """How many symbols were dropped from the beginning of `old` to make `new` continue it; None if it does not.

    At least `least` symbols must have stayed.
    """
    at = old.find(new[:least]) if len(new) >= least else -1
    while at >= 0:
        if new.startswith(old[at:]):
            return at
        at = old.find(new[:least], at + 1)
    return None
