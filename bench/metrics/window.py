"""The measured window: the stretch of a run that figures cover."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from bench.ledger import Ledger
from bench.metrics.distribution import Floats


@dataclass(frozen=True, slots=True)
class Window:
    """From `begin_s` up to, but without, `end_s`, in seconds of the wall clock.

    - A frame belongs to the window by its tick, whenever its result came.
    - A wait belongs to it by the instant of its join; one that lasted beyond the end is still going on.
    - A turn (`granted_s`) and a rejoin gap belong to it by the instant at which the stream ended.
    - What is a share of time (staleness, duty cycle, active streams) is integrated over the time inside it.
    - A freeze counts where both its pictures were shown inside it.
    - `first_frame_s` alone covers the whole run: viewers arrive once, mostly during the warm-up.
    """

    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds covered; 0 when the run ended during its warm-up."""
        return max(0.0, self.end_s - self.begin_s)

    @classmethod
    def measured(cls, ledger: Ledger) -> Self:
        """From `warmup_s` after the first camera began until the viewers were told to stop.

        Where a note is absent (a run that was cut short) the first tick and the last instant on record stand in.
        """
        begun = noted(ledger, "started")
        stopped = noted(ledger, "stopping")
        begin = min(begun) if begun else _first_instant(ledger)
        end = max(stopped) if stopped else _last_instant(ledger)
        warmup_s = ledger.meta.get("run", {}).get("warmup_s") or 0.0
        return cls(begin + warmup_s, max(end, begin))

    def clip(self, instants_s: Floats) -> Floats:
        """Move each instant to the nearest one inside the window."""
        return np.clip(instants_s, self.begin_s, max(self.begin_s, self.end_s))

    def holds(self, instants_s: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Whether each instant lies inside; NaN does not."""
        return (instants_s >= self.begin_s) & (instants_s < self.end_s)


def noted(ledger: Ledger, what: str) -> list[float]:
    """List the instants of every note of this name."""
    return [note["at_s"] for note in ledger.notes if note["note"] == what]


def _first_instant(ledger: Ledger) -> float:
    instants = [ledger.viewers["started_s"], ledger.frames["tick_s"], ledger.streams["joined_s"]]
    return float(np.fmin.reduce(np.concatenate(instants), initial=np.inf)) if any(map(len, instants)) else 0.0


def _last_instant(ledger: Ledger) -> float:
    """Find the last one that rows tell of: what came between it and a crash was never written."""
    instants = [ledger.frames["tick_s"], ledger.streams["ended_s"], ledger.viewers["started_s"]]
    return float(np.fmax.reduce(np.concatenate(instants), initial=-np.inf))
