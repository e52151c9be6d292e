"""The word: a chunk's identity as DTMF symbols, found and checked in any text that may have lost some of them."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Self

from bench.errors import UsageError
from bench.media.tones import PERIOD, RATE_HZ

START = "*"  # begins every word and stands nowhere else
DIGITS = "0123456789ABC"  # a prime number of them: they make a field, in which every non-zero difference divides
BASE = len(DIGITS)
MOST_CHUNK_S = 60.0  # keeps a mistyped interval from filling the memory
_LEAST_DIGITS, _MOST_DIGITS = 5, 7  # of identity; 7 and their 6 check digits use up the field's 13 points
_VIEWER_BITS = {5: 10, 6: 12, 7: 13}
_VARIES = tuple(pow(2, at, BASE) for at in range(2 * _MOST_DIGITS))  # added digit by digit, see WordLayout


@dataclass(frozen=True, slots=True)
class Word:
    """Whose word it is, and which: `number` counts the viewer's words modulo `WordLayout.numbers`."""

    viewer: int
    number: int


@dataclass(frozen=True, slots=True)
class WordLayout:
    """How a word of `2 * digits` symbols is spoken in chunks of one length.

    A start symbol, `digits` digits of identity and `digits - 1` check digits, all in base 13. They are the values at
    0, 1, 2 … of the polynomial of degree `digits - 1` that takes the identity's digits at the first points (a
    Reed-Solomon code), plus 2^i mod 13 at point i. From this follows, without any chance in it:

    - up to `digits - 1` wrong symbols are refused;
    - the front of one word joined to the rest of another is one of the two or refused, for one part has `digits`
      symbols, and so many points determine a polynomial;
    - a word in which more than `digits` symbols in a row slipped from their places is refused: their polynomials
      would differ by a multiple of 2^i, whose differences never vanish.

    Any other garbling is read once in 13^(digits − 1), 28,561 or more.
    A chunk too short for a word holds `symbols_per_chunk` of it, and `chunks_per_word` chunks in a row a whole one.
    """

    digits: int
    chunks_per_word: int

    @classmethod
    def for_chunks(cls, chunk_s: float) -> Self:
        """Lay out the longest word that fits a chunk, or spread the shortest one over as few chunks as can hold it.

        Raises UsageError when not even one symbol fits (0.1 s), or a chunk is longer than 60 s.
        """
        if not chunk_s <= MOST_CHUNK_S:
            raise UsageError(f"Chunks of {chunk_s:g} s are too long.", "Use --stream-every 60 or less.")
        room = round(chunk_s * RATE_HZ) // PERIOD
        if room < 1:
            raise UsageError(
                f"Chunks of {chunk_s:g} s are too short for a spoken symbol.", "Use --stream-every 0.25 or more."
            )
        digits = min(max(room // 2, _LEAST_DIGITS), _MOST_DIGITS)
        return cls(digits, math.ceil(2 * digits / room))

    @property
    def symbols(self) -> int:
        """How many symbols a word has, the start included."""
        return 2 * self.digits

    @property
    def symbols_per_chunk(self) -> int:
        """How many symbols of a word a chunk holds; the last chunk of a word may hold fewer."""
        return math.ceil(self.symbols / self.chunks_per_word)

    @property
    def viewers(self) -> int:
        """How many viewers can be told apart."""
        return 1 << _VIEWER_BITS[self.digits]

    @property
    def numbers(self) -> int:
        """After how many words a viewer's numbers begin again."""
        return int(BASE**self.digits) // self.viewers

    def chunks(self, number: int) -> range:
        """The chunks in which a viewer's word is spoken: where one holds a whole word, its number is the chunk's."""
        return range(number * self.chunks_per_word, (number + 1) * self.chunks_per_word)

    def spell(self, viewer: int, number: int) -> str:
        """Spell the viewer's word as symbols, the start first.

        Raises UsageError when `viewer` does not fit.
        """
        if not 0 <= viewer < self.viewers:
            raise UsageError(
                f"Viewer {viewer} does not fit a spoken word.",
                f"Use at most {self.viewers} viewers; {1 << _VIEWER_BITS[_MOST_DIGITS]} fit with --stream-every 1.4 "
                "or more.",
            )
        identity, values = viewer * self.numbers + number % self.numbers, []
        for _ in range(self.digits):
            identity, digit = divmod(identity, BASE)
            values.append(digit)
        values.reverse()
        values += [sum(map(int.__mul__, weights, values)) for weights in _check_weights(self.digits)]
        return START + "".join([DIGITS[(value + more) % BASE] for value, more in zip(values, _VARIES, strict=False)])

    def identify(self, symbols: str) -> Word | None:
        """Read what `spell` spelt; None where the symbols are no word."""
        identity = 0
        for symbol, more in zip(symbols[1 : 1 + self.digits], _VARIES, strict=False):
            identity = identity * BASE + (DIGITS.find(symbol) - more) % BASE
        word = Word(*divmod(identity, self.numbers))
        return word if word.viewer < self.viewers and self.spell(word.viewer, word.number) == symbols else None

    def unwrap(self, number: int, last_chunk: int) -> int | None:
        """Find the newest word begun by chunk `last_chunk` whose identity says `number`; None if none was yet."""
        newest = last_chunk // self.chunks_per_word
        newest -= (newest - number) % self.numbers
        return newest if newest >= 0 else None


@cache
def _check_weights(digits: int) -> list[list[int]]:
    """What each identity digit weighs in each check digit: Lagrange's basis at the points behind the identity's."""
    return [[_basis(at, point, digits) for at in range(digits)] for point in range(digits, 2 * digits - 1)]


def _basis(at: int, point: int, digits: int) -> int:
    others = [other for other in range(digits) if other != at]
    above, below = math.prod(point - other for other in others), math.prod(at - other for other in others)
    return above * pow(below, -1, BASE) % BASE
