"""The blocks of a side's ledger: each stretch of viewers as a ledger of its own, to be summarised like any run."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from bench.ledger import Ledger, Rows
from bench.metrics import Summary, summarise

_AFTER_S = 10.0
"""How long after a block's end errors may still be noted that belong to it: a viewer waits for its last results."""


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of viewers: from `begin_s` to `end_s` of the wall clock, and its figures after the warm-up."""

    begin_s: float
    end_s: float
    summary: Summary

    @property
    def middle_s(self) -> float:
        """The instant it stands for."""
        return (self.begin_s + self.end_s) / 2


def read_blocks(ledger: Ledger, warmup_s: float, skip: int = 0) -> list[Block]:
    """Summarise the blocks of a ledger but the first `skip`, each from `warmup_s` after its first viewer on.

    Viewers from before the first block, who only warmed the app, belong to none; nor does a block without an end.
    """
    return [
        Block(begin, end, summarise(_cut(ledger, begin, end, following, warmup_s)))
        for begin, end, following in list(_stretches(ledger))[skip:]
    ]


def _stretches(ledger: Ledger) -> Iterator[tuple[float, float, float]]:
    """Yield begin and end of each block, and the begin of the next."""
    marks = [(note["at_s"], note["viewers"]) for note in ledger.notes if note["note"] == "block"]
    begins = [at_s for at_s, viewers in marks if viewers]
    for (begin, viewers), (end, left) in pairwise(marks):
        if viewers and not left:
            yield begin, end, min((at_s for at_s in begins if at_s > end), default=end + _AFTER_S)


def _cut(ledger: Ledger, begin: float, end: float, following: float, warmup_s: float) -> Ledger:
    """Cut out the viewers who came in a block, and all that was noted before the next one."""
    came = ledger.viewers[_within(ledger.viewers["started_s"], begin, following)]
    notes = [note for note in ledger.notes if begin <= note.get("at_s", begin) < following]
    edges: list[dict[str, Any]] = [
        {"note": "started", "at_s": float(came["started_s"].min()) if came.size else begin},
        {"note": "stopping", "at_s": end},
    ]
    kept = [note for note in notes if note["note"] not in {"block", "started", "stopping"}]
    run = {**ledger.meta.get("run", {}), "duration_s": end - begin - warmup_s, "warmup_s": warmup_s}
    return replace(
        ledger,
        meta={**ledger.meta, "run": run},
        frames=_of(ledger.frames, came),
        streams=_of(ledger.streams, came),
        viewers=came,
        notes=[*kept, *edges],
    )


def _within(instants_s: Any, begin: float, end: float) -> Any:
    return (instants_s >= begin) & (instants_s < end)


def _of(rows: Rows, viewers: Rows) -> Rows:
    return rows[np.isin(rows["viewer"], viewers["viewer"])]
