"""A synthetic microphone: WAV chunks of a sound track on which each viewer speaks its own words in DTMF."""

import hashlib
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.errors import UsageError
from bench.media.tones import KEYPAD, PERIOD, RATE_HZ, TONE, tone
from bench.media.wav import Sound, header
from bench.media.word import WordLayout

MOST_JITTER = 0.5
_SOUND_PEAK = 0.1  # of full scale: the user's own sound lies well below the tones (0.7), and both fit
_STRIDE_S = 0.7  # of sound between one viewer and the next: neighbours do not hear the same
_TONE = {symbol: tone(symbol).tobytes() for symbol in KEYPAD}
_TONE_AND_PAUSE = {symbol: wave + bytes(2 * (PERIOD - TONE)) for symbol, wave in _TONE.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """The symbols first … stop − 1 of the viewer's word `word`, counted from its start symbol, that a chunk holds.

    `cut` are those among them whose tone a border of the chunk cuts in two. `ends` tells that the word's last tone
    ends in this chunk, so that whoever heard the chunks up to this one can have heard the word.
    """

    word: int
    first: int
    stop: int
    cut: tuple[int, ...]
    ends: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a viewer's sound: a whole WAV file, its place on the viewer's track, and what is said in it."""

    wav: bytes
    start_s: float
    duration_s: float
    words: tuple[Part, ...]


class Microphone:
    """The microphones of all viewers of one chunk length.

    Every viewer has one endless sound track: each `stream_every_s` of it, a cell, holds a word (or the share of one
    that fits) in its middle. Chunks are cut out of the track without gaps. Without `jitter` they are the cells; with
    it every cut but the first moves by up to ± jitter / 2 of a cell, so that lengths vary by up to ± jitter and
    words and tones can lie across a border. Equal arguments give equal chunks.

    `sound` is the user's own, looped below the words, each viewer at its own place in it.
    Raises UsageError when the chunks are too short or too long, jitter is outside 0 … 0.5, or `sound` is empty.
    """

    def __init__(self, stream_every_s: float, *, seed: int, jitter: float = 0.0, sound: Sound | None = None) -> None:
        if not 0 <= jitter <= MOST_JITTER:
            raise UsageError(f"Chunk-length jitter {jitter:g} is out of range.", f"Use 0 to {MOST_JITTER:g}.")
        self.layout = WordLayout.for_chunks(stream_every_s)
        self._cell = round(stream_every_s * RATE_HZ)
        self._jitter = round(jitter * self._cell)
        self._seed = seed
        self._lead = (self._cell - self.layout.symbols_per_chunk * PERIOD + PERIOD - TONE) // 2
        self._bed = None if sound is None else _bed(sound)
        self._shares = [self._share(at) for at in range(self.layout.chunks_per_word)]
        self._silence = bytes(2 * self._lead)
        self._rests = [bytes(2 * (self._cell - self._end(stop - first - 1))) for first, stop in self._shares]

    def chunk(self, viewer: int, number: int, through: int | None = None) -> Chunk:
        """Make the viewer's chunk `number`, counted from 0; with `through`, it and those up to that one in one file.

        The latter is what a recorder sends that kept the sound it could not send at once.
        Raises UsageError when the layout cannot tell so many viewers apart.
        """
        begin, end = self._cut(viewer, number), self._cut(viewer, (number if through is None else through) + 1)
        first, last = begin // self._cell, (end - 1) // self._cell
        pieces = [piece for cell in range(first, last + 1) for piece in self._spoken(viewer, cell)]
        if self._jitter:
            skip = 2 * (begin - first * self._cell)
            pieces = [b"".join(pieces)[skip : skip + 2 * (end - begin)]]
        if self._bed is not None:
            pieces = [self._laid_over(self._bed, b"".join(pieces), viewer, begin)]
        parts = [part for cell in range(first, last + 1) if (part := self._part(cell, begin, end))]
        return Chunk(
            wav=b"".join([header(end - begin), *pieces]),
            start_s=begin / RATE_HZ,
            duration_s=(end - begin) / RATE_HZ,
            words=tuple(parts),
        )

    def _share(self, at: int) -> tuple[int, int]:
        """Symbols first … stop − 1 of a word that lie in its cell `at`."""
        size = self.layout.symbols_per_chunk
        return at * size, min((at + 1) * size, self.layout.symbols)

    def _end(self, at: int) -> int:
        """Where in a cell the tone of its symbol `at` ends."""
        return self._lead + at * PERIOD + TONE

    def _spoken(self, viewer: int, cell: int) -> list[bytes]:
        """One cell of the viewer's track as pieces of 16-bit samples."""
        word, at = divmod(cell, self.layout.chunks_per_word)
        first, stop = self._shares[at]
        symbols = self.layout.spell(viewer, word)[first:stop]
        tones = [_TONE_AND_PAUSE[symbol] for symbol in symbols[:-1]]
        return [self._silence, *tones, _TONE[symbols[-1]], self._rests[at]]

    def _part(self, cell: int, begin: int, end: int) -> Part | None:
        """What the samples begin … end − 1 of the track hold of a cell's tones."""
        word, at = divmod(cell, self.layout.chunks_per_word)
        first, stop = self._shares[at]
        origin = cell * self._cell + self._end(0)  # the end of the cell's first tone
        ends = range(origin, origin + (stop - first) * PERIOD, PERIOD)
        inside = [first + index for index, tone_end in enumerate(ends) if begin < tone_end and tone_end - TONE < end]
        if not inside:
            return None
        cut = tuple(
            symbol
            for symbol in (inside if self._jitter else ())
            if ends[symbol - first] - TONE < begin or ends[symbol - first] > end
        )
        is_last = inside[-1] == self.layout.symbols - 1
        return Part(word, inside[0], inside[-1] + 1, cut, ends=is_last and ends[-1] <= end)

    def _cut(self, viewer: int, number: int) -> int:
        """Where on the track the viewer's chunk `number` begins, in samples."""
        if number == 0 or not self._jitter:
            return number * self._cell
        key = struct.pack("<qqq", self._seed, viewer, number)
        share = int.from_bytes(hashlib.blake2b(key, digest_size=4).digest(), "little") / 2**32 - 0.5
        return number * self._cell + round(share * self._jitter)

    def _laid_over(self, bed: NDArray[np.int16], spoken: bytes, viewer: int, begin: int) -> bytes:
        """Lay the words over the user's sound."""
        words = np.frombuffer(spoken, np.int16)
        at = (begin + round(viewer * _STRIDE_S * RATE_HZ)) % len(bed)
        below = bed[at : at + len(words)] if at + len(words) <= len(bed) else _looped(bed, at, len(words))
        return (words + below).tobytes()


def _bed(sound: Sound) -> NDArray[np.int16]:
    """Bring the user's sound to 48 kHz and its peak well below the tones."""
    peak = float(np.abs(sound.samples).max(initial=0))
    if not peak:
        raise UsageError("There is no sound to play.", "Name an audio file that is not empty or silent.")
    length = max(round(len(sound.samples) * RATE_HZ / sound.rate_hz), 1)
    at = np.arange(length) * (sound.rate_hz / RATE_HZ)
    wave = np.interp(at, np.arange(len(sound.samples)), sound.samples)
    return np.asarray(np.round(wave / peak * _SOUND_PEAK * 32767), np.int16)


def _looped(bed: NDArray[np.int16], at: int, length: int) -> NDArray[np.int16]:
    return np.take(bed, np.arange(at, at + length), mode="wrap")
