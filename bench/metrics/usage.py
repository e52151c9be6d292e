"""What the app under test used, where it was the harness that started it."""

from itertools import pairwise

import numpy as np

from bench.ledger import Ledger
from bench.metrics.figures import Usage
from bench.metrics.rows import RESULT
from bench.metrics.samples import Samples, cores, cpu_s, peak, samples
from bench.metrics.window import Window


def usage(ledger: Ledger, window: Window) -> Usage | None:
    """Sum up what the app used inside the window; None where it was not ours to watch.

    What is given per result covers the time between two samples, and the results that came in it.
    """
    taken = samples(ledger, "app", window)
    if not taken:
        return None
    looks = _looks(ledger, window)
    grown = looks[-1]["disk_bytes"] - looks[0]["disk_bytes"] if len(looks) > 1 else None
    return Usage(
        cores=cores(taken),
        cpu_s_per_result=_per_result(ledger, taken, cpu_s(taken)),
        rss_bytes=peak(taken, "rss_bytes"),
        rss_bytes_per_result=_memory_per_result(ledger, taken),
        threads=peak(taken, "threads"),
        disk_bytes=grown,
        disk_bytes_per_result=_per_result(ledger, looks, grown),
    )


def _memory_per_result(ledger: Ledger, taken: Samples) -> float | None:
    """Share the memory gained in the second half among its results; the first, when caches fill, would mislead."""
    late = [note for note in taken if note.get("rss_bytes") is not None][len(taken) // 2 :]
    return _per_result(ledger, late, late[-1]["rss_bytes"] - late[0]["rss_bytes"]) if len(late) > 1 else None


def _looks(ledger: Ledger, window: Window) -> Samples:
    """List the samples of the window for which the disk was looked at, the last one before it standing at its begin.

    Looking takes time, so most samples only repeat what the last look found, and are left out; where nothing but one
    value was ever seen, the first and the last sample stand for it.
    """
    run = Window(-np.inf, window.end_s)
    known = [note for note in samples(ledger, "app", run) if note.get("disk_bytes") is not None]
    changed = [after for before, after in pairwise(known) if after["disk_bytes"] != before["disk_bytes"]]
    looks = [*known[:1], *(changed or known[1:][-1:])]
    before = sum(note["at_s"] <= window.begin_s for note in looks)
    return looks[max(0, before - 1) :]


def _per_result(ledger: Ledger, taken: Samples, used: float | None) -> float | None:
    """Share what was used between the first sample and the last among the results that came in that time."""
    if used is None:
        return None
    result_s = ledger.frames["result_s"]
    came = (result_s > taken[0]["at_s"]) & (result_s <= taken[-1]["at_s"])
    results = np.count_nonzero(np.isin(ledger.frames["fate"][came], RESULT))
    return float(used / results) if results else None
