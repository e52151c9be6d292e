"""Sound: how many of the seconds recorded the app heard, what became of the others, and the gaps they left."""

import numpy as np
from numpy.typing import NDArray

from bench.ledger import Fate
from bench.metrics.distribution import Floats
from bench.metrics.endpoint import Gaps, Integrity, Sound, SoundFates
from bench.metrics.rows import RESULT, EndpointRows

_LOST = (Fate.OVERWRITTEN, Fate.CUT_OFF, Fate.FAILED)  # after the server had accepted it


def sound(rows: EndpointRows, wrong: Integrity) -> Sound:
    """Work out what became of the sound of the window's chunks, each of which counts with its own length.

    A chunk was heard when a result came for it, that of a join included: the app heard it, however late. It was sent
    when the server accepted it, which a result proves where the POST's answer was lost.
    """
    frames, index = rows.frames, rows.index
    fate, seconds = frames["fate"][index], frames["sound_s"][index].astype(np.float64)
    heard = np.isin(fate, RESULT)
    accepted = heard | (~np.isnan(frames["accepted_s"][index]) & (fate != Fate.REJECTED))
    by_fate = np.bincount(fate, weights=seconds, minlength=len(Fate))
    return Sound(
        captured_s=float(seconds.sum()),
        sent_s=float(seconds[accepted].sum()),
        heard_s=float(seconds[heard].sum()),
        lost_s=float(seconds[accepted & np.isin(fate, _LOST)].sum()),
        lost_waiting_s=float(by_fate[Fate.SKIPPED]),
        fates_s=SoundFates(**{fate.name.lower(): float(by_fate[fate]) for fate in Fate}),
        gaps=_gaps(frames["viewer"][index], heard, seconds, fate == Fate.SKIPPED),
        lost_updates=wrong.lost_updates,
        damaged=wrong.damaged,
    )


def _gaps(viewer: NDArray[np.uint32], heard: NDArray[np.bool_], seconds: Floats, waiting: NDArray[np.bool_]) -> Gaps:
    """Find the runs of chunks not heard between two heard ones of one viewer; all of shape (n,), by viewer and chunk.

    What was missed before a viewer's first heard chunk, or after its last, is no gap but a late start or an early end.
    """
    place = np.flatnonzero(heard)
    before, after = place[:-1], place[1:]
    real = (viewer[before] == viewer[after]) & (after - before > 1)
    before, after = before[real], after[real]
    missed = _between(seconds, before, after)
    return Gaps(
        count=int(missed.size),
        longest_s=float(missed.max()) if missed.size else None,
        total_s=float(missed.sum()),
        waiting_s=float(_between(np.where(waiting, seconds, 0.0), before, after).sum()),
    )


def _between(seconds: Floats, before: NDArray[np.intp], after: NDArray[np.intp]) -> Floats:
    """Sum `seconds` over the places between each `before` and its `after`, both left out."""
    sums = np.concatenate([[0.0], np.cumsum(seconds)])
    between: Floats = sums[after] - sums[before + 1]
    return between
