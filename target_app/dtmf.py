"""A recogniser that hears DTMF digits, each exactly once, however the sound is cut into chunks.

Sound is looked at in windows whose places depend on the whole sound, not on the chunks, and a digit counts in the
window that makes it certain. Windows that end in the history have had their say; only later ones may add a digit.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from target_app.sound import History, Samples

# ITU-T Q.23: a digit is one frequency of its row and one of its column at once.
LOW_HZ, HIGH_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")

# ITU-T Q.24, table A-1: a receiver takes tones of 40 ms or more within ±1.5 % of their frequencies, separated by
# pauses of 30 to 40 ms or more; it ignores tones under 23 ms and interruptions of up to 10 ms. A window whose share of
# tone is enough by _LEAST_SHARE counts. So, at steps of 5 ms, 23 ms of tone fill at most 5 windows and 40 ms at least
# 6, and an interruption empties at most 4 and a pause at least 5.
_STEP_S = 0.005
_STEPS = 3  # to a window: 15 ms are 67 Hz wide, so that neighbours, 73 Hz or more apart, hardly disturb each other
_CERTAIN = 6  # windows in a row that make a digit
_PAUSE = 5  # windows without a digit that end it
_LEAST_SHARE = 0.6  # of a window's energy in its two tones
_LEAST_LEAD = 4.0  # 6 dB over the next tone of the same group
_MOST_TWIST = 10.0  # 10 dB between the two tones; Q.24 asks for 4 to 8
_LEAST_POWER = 1e-6  # mean square of both tones, −57 dB of a full-scale sine
_LEAST_RATE_HZ = 4000  # below it the highest tone is no longer in the sound
_LOOK_BACK_S = 0.25  # more than a window, a digit and a pause take together


def recognise(new: Samples, history: History) -> str:
    """Hear the digits that become certain in `new`, the sound after `history`; "" below a rate of 4 kHz."""
    if history.rate_hz < _LEAST_RATE_HZ:
        return ""
    step = round(_STEP_S * history.rate_hz)
    before, start = history.tail(_LOOK_BACK_S)
    skipped = -start % step
    keys = _keys(np.concatenate([before, new])[skipped:], history.rate_hz, step)
    ends = range(start + skipped + _STEPS * step, start + skipped + (_STEPS + len(keys)) * step, step)
    return "".join(keys[at] for at in _certain(keys) if ends[at] > history.end)


def _certain(keys: Iterable[str]) -> Iterator[int]:
    """Give the windows in which a digit becomes certain: one for each digit, however long it lasts."""
    held = last = ""
    run = absent = 0
    for at, key in enumerate(keys):
        run = run + 1 if key == last else 1
        last = key
        absent = 0 if key == held else absent + 1
        if absent >= _PAUSE:
            held = ""
        if key and key != held and run >= _CERTAIN:
            held, absent = key, 0
            yield at


def _keys(samples: Samples, rate_hz: int, step: int) -> list[str]:
    """Tell the key heard in each window, "" where there is none."""
    size = _STEPS * step
    if len(samples) < size:
        return []
    windows = np.ascontiguousarray(sliding_window_view(samples, size)[::step])
    groups = powers(windows, rate_hz).reshape(-1, 2, 4)
    whole = np.einsum("ws,ws->w", windows, windows) / size
    second, strongest = np.sort(groups, axis=2)[..., 2:].transpose(2, 0, 1)
    both = strongest.sum(axis=1)
    is_key = (
        (both >= _LEAST_POWER)
        & (both >= _LEAST_SHARE * whole)
        & (strongest >= _LEAST_LEAD * second).all(axis=1)
        & (strongest.max(axis=1) <= _MOST_TWIST * strongest.min(axis=1))
    )
    pressed = zip(is_key.tolist(), groups.argmax(axis=2).tolist(), strict=True)
    return [KEYS[row][column] if is_one else "" for is_one, (row, column) in pressed]


def powers(windows: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """Measure the mean square of each of the eight tones in each of `windows` (n, samples): shape (n, 8).

    It is what Goertzel's recurrence comes to (American Mathematical Monthly 65, 1958), a single line of the Fourier
    transform: as a matrix product numpy works it out for all windows and tones at once.
    """
    size = windows.shape[1]
    parts = windows @ _waves(size, rate_hz)
    return np.asarray(2 * (parts[:, :8] ** 2 + parts[:, 8:] ** 2) / size**2, np.float32)


@cache
def _waves(size: int, rate_hz: int) -> NDArray[np.float32]:
    angles = np.outer(np.arange(size), np.array(LOW_HZ + HIGH_HZ)) * (2 * np.pi / rate_hz)
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
