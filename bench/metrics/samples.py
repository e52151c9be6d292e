"""Samples: the notes in which processes tell, about once a second, what they have used so far."""

from typing import Any

import numpy as np

from bench.ledger import Ledger
from bench.metrics.window import Window

Samples = list[dict[str, Any]]


def samples(ledger: Ledger, what: str, window: Window) -> Samples:
    """List the notes of this name inside the window, both its ends included, in order of time."""
    named = (note for note in ledger.notes if note["note"] == what)
    inside = (note for note in named if window.begin_s <= note["at_s"] <= window.end_s)
    return sorted(inside, key=lambda note: float(note["at_s"]))


def peak(taken: Samples, name: str) -> int | None:
    """Find the highest value; None where none was sampled."""
    return max((note[name] for note in taken if note.get(name) is not None), default=None)


def cpu_s(taken: Samples) -> float | None:
    """CPU seconds spent from the first sample to the last; None with fewer than two.

    A total that falls tells of a child that ended and took its part along: only what was added counts.
    """
    totals = [note["cpu_s"] for note in taken if note.get("cpu_s") is not None]
    return float(np.diff(totals).clip(min=0).sum()) if len(totals) > 1 else None


def cores(taken: Samples) -> float | None:
    """CPU seconds per second from the first sample to the last; None where no time lies between them."""
    known = [note for note in taken if note.get("cpu_s") is not None]
    spent_s = cpu_s(known)
    length_s = float(known[-1]["at_s"] - known[0]["at_s"]) if known else 0.0
    return spent_s / length_s if spent_s is not None and length_s > 0 else None
