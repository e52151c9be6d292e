"""Tones: DTMF symbols as sound, and heard again from it."""

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono sound, shape (n,), full scale −1 to 1."""

LOW_HZ = (697, 770, 852, 941)
HIGH_HZ = (1209, 1336, 1477, 1633)
KEYPAD = "123A456B789C*0#D"  # row by row: a symbol is one low and one high tone at once (ITU-T Q.23)

RATE_HZ = 48_000  # what browsers record at
# ITU-T Q.24 has a receiver take tones and pauses from 40 ms each on and at most one symbol in 93 ms; North American
# practice has a sender give at least 50 ms of tone, 45 ms of pause, and 100 ms from one symbol to the next.
TONE = RATE_HZ // 20
PERIOD = RATE_HZ // 10  # from one symbol's start to the next one's, in samples as TONE

_AMPLITUDE = 0.35  # of full scale, each of the two tones: 0.7 together, which leaves room for a sound below them
_RAMP = RATE_HZ // 500  # 2 ms: a tone that starts at once would click on every frequency

_PIECES = 5  # of 5 ms each in a block of 25 ms: 40 Hz wide, so that tones 73 Hz apart stay apart
_PIECES_PER_S = 200
_LEAST_RATE_HZ = 4000  # below it 1633 Hz is no longer in the sound
_LEAST_SHARE = 0.3  # of a block's energy that its two tones must hold: −3 dB of noise still leaves that
_LEAST_LEAD = 4.0  # 6 dB over the next tone of its group
_MOST_TWIST = 10.0  # 10 dB between the two tones; Q.24 asks for 4 to 8
_LEAST_LEVEL = 1e-3  # 30 dB below the loudest block
_FLOOR = 1e-7  # mean square, −70 dB of full scale: what is quieter is silence
_LEAST_BLOCKS = 7  # that tell one symbol: some 25 ms of tone; Q.24 has 20 to 24 ms not be taken for one
_MOST_BREAK = 2  # blocks of something else within a tone: Q.24 bridges 10 ms


@cache
def tone(symbol: str) -> NDArray[np.int16]:
    """Synthesise one symbol at 48 kHz, shape (2400,): 50 ms of its two tones, without the pause behind it."""
    row, column = divmod(KEYPAD.index(symbol), 4)
    time_s = np.arange(TONE) / RATE_HZ
    wave = np.sin(2 * np.pi * LOW_HZ[row] * time_s) + np.sin(2 * np.pi * HIGH_HZ[column] * time_s)
    ramp = np.sin(np.pi / 2 * np.clip((np.arange(TONE) + 0.5) / _RAMP, 0, 1)) ** 2
    return np.asarray(np.round(_AMPLITUDE * 32767 * wave * ramp * ramp[::-1]), np.int16)


def hear(samples: Samples, rate_hz: int) -> str:
    """Hear the DTMF symbols in a sound, in order; "" where there is none, or the rate is below 4 kHz.

    A tone of some 25 ms counts, repeated symbols need 30 ms between them. The measure is Goertzel's, the energy at
    each of the eight frequencies in blocks of 25 ms every 5 ms, as one matrix product instead of its recurrence.
    """
    if rate_hz < _LEAST_RATE_HZ:
        return ""
    blocks = _symbols_of_blocks(*_energies(samples, rate_hz))
    return "".join(KEYPAD[symbol] for symbol in _lasting(blocks))


def _energies(samples: Samples, rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean square of the tones of each block, shape (blocks, 8), and of all that is in it, shape (blocks,).

    A block is the sum of its pieces' products, each turned by the phase that its frequency gains up to there: no
    sample is multiplied twice.
    """
    size = round(rate_hz / _PIECES_PER_S)
    missing = -len(samples) % size
    pieces = np.pad(samples, (_PIECES * size, _PIECES * size + missing)).reshape(-1, size)
    products, turns = _project(pieces, rate_hz)
    squares = np.einsum("ps,ps->p", pieces, pieces, dtype=np.float64)
    count = len(pieces) - _PIECES + 1
    tones = np.sum([products[at : at + count] * turns**at for at in range(_PIECES)], axis=0)
    whole = np.sum([squares[at : at + count] for at in range(_PIECES)], axis=0)
    samples_per_block = size * _PIECES
    return 2 * np.abs(tones) ** 2 / samples_per_block**2, whole / samples_per_block


def _project(pieces: NDArray[np.float32], rate_hz: int) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Each piece's product with each frequency, shape (pieces, 8), and the turn of each from one piece to the next."""
    waves, turns = _waves(pieces.shape[1], rate_hz)
    real_and_imaginary = (pieces @ waves).astype(np.float64)
    return real_and_imaginary[:, :8] + 1j * real_and_imaginary[:, 8:], turns


@cache
def _waves(size: int, rate_hz: int) -> tuple[NDArray[np.float32], NDArray[np.complex128]]:
    steps = np.array(LOW_HZ + HIGH_HZ) * (-2j * np.pi / rate_hz)
    waves = np.exp(np.outer(np.arange(size), steps))
    return np.concatenate([waves.real, waves.imag], axis=1).astype(np.float32), np.exp(steps * size)


def _symbols_of_blocks(tones: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.intp]:
    """Index into KEYPAD of each block's symbol, −1 where it holds none, shape (blocks,)."""
    groups = tones.reshape(-1, 2, 4)
    ordered = np.sort(groups, axis=2)
    strongest, second = ordered[..., 3], ordered[..., 2]
    both = strongest.sum(axis=1)
    is_tone = (
        (both >= _LEAST_SHARE * whole)
        & (both >= max(_FLOOR, _LEAST_LEVEL * float(both.max(initial=0))))
        & (strongest >= _LEAST_LEAD * second).all(axis=1)
        & (strongest.max(axis=1) <= _MOST_TWIST * strongest.min(axis=1))
    )
    row, column = groups.argmax(axis=2).T
    return np.where(is_tone, 4 * row + column, -1)


def _lasting(blocks: NDArray[np.intp]) -> list[int]:
    """Keep the symbols that last long enough, each once; a short break within a symbol does not end it."""
    edges = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(blocks)]
    found: list[tuple[int, int, int]] = []  # symbol, blocks that tell it, end
    for begin, end in pairwise(edges):
        symbol = int(blocks[begin])
        if symbol < 0:
            continue
        if found and found[-1][0] == symbol and begin - found[-1][2] <= _MOST_BREAK:
            found[-1] = (symbol, found[-1][1] + end - begin, end)
        else:
            found.append((symbol, end - begin, end))
    return [symbol for symbol, length, _ in found if length >= _LEAST_BLOCKS]
