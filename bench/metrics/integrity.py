"""Integrity: results that should not have come, counted as far as anybody can tell."""

import numpy as np
from numpy.typing import NDArray

from bench.ledger import Fate, Ledger, Rows
from bench.metrics.endpoint import Integrity
from bench.metrics.rows import EndpointRows, described, is_bounded, is_transcript

MARKED = ("cross_talk", "out_of_order", "duplicated")
"""Counts of streams that need marks. Without marks one above 0 is certain all the same, and 0 says nothing."""

SPOKEN = ("state_errors", "damaged", "lost_updates")
"""Counts of streams that need a transcript."""


def integrity(rows: EndpointRows) -> Integrity:
    """Sum over the streams that lasted into the window: what a stream counted cannot be told apart by time.

    None where no result could be read, so that nothing can be said. In a transcript, another viewer's words are
    state errors and cross-talk alike.
    """
    streams = rows.streams[~(rows.streams["ended_s"] < rows.window.begin_s)]
    streams = streams[streams["joined_s"] < rows.window.end_s]
    read = not rows.bounded and bool((rows.frames["fate"][rows.index] == Fate.DELIVERED).any())
    marked = {name: int(streams[name].sum()) for name in MARKED}
    spoken = {name: int(streams[name].sum()) for name in SPOKEN}
    if rows.transcript:
        marked["cross_talk"] += spoken["state_errors"]
    return Integrity(
        **{name: number if number or read else None for name, number in marked.items()},
        **{name: number if number or (read and rows.transcript) else None for name, number in spoken.items()},
    )


def unknown(ledger: Ledger, streams: Rows) -> dict[str, NDArray[np.bool_]]:
    """Tell, by column, which counts of these streams' rows say nothing: shape of `streams`."""
    endpoints = described(ledger)
    bounded = [number for number, meta in enumerate(endpoints) if is_bounded(ledger, meta)]
    spoken = [number for number, meta in enumerate(endpoints) if is_transcript(meta)]
    unmarked, silent = np.isin(streams["endpoint"], bounded), ~np.isin(streams["endpoint"], spoken)
    return {name: unmarked & (streams[name] == 0) for name in MARKED} | {
        name: (silent | unmarked) & (streams[name] == 0) for name in SPOKEN
    }
