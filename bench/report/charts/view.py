"""One endpoint as the charts see it: its rows over the whole run, on an axis of seconds since the first camera."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bench.ledger import Fate, Ledger
from bench.metrics import Endpoint
from bench.metrics.distribution import Floats
from bench.metrics.rows import EndpointRows, Index
from bench.metrics.screen import Screen
from bench.metrics.window import Window

MOST_BINS = 120


@dataclass(frozen=True, slots=True)
class Axis:
    """The run's time: from its first camera to its end, in seconds of the wall clock, warm-up included."""

    begin_s: float
    length_s: float
    warmup_s: float

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        """Find it by the measured window and the warm-up before it."""
        window = Window.measured(ledger)
        warmup_s = float(ledger.meta.get("run", {}).get("warmup_s") or 0.0)
        begin_s = window.begin_s - warmup_s
        return cls(begin_s, max(window.end_s - begin_s, 0.0), min(warmup_s, window.end_s - begin_s))

    @property
    def window(self) -> Window:
        """The whole of it as a window."""
        return Window(self.begin_s, self.begin_s + self.length_s)

    def edges(self, least_s: float, most: int = MOST_BINS) -> Floats:
        """Cut it into at most so many equal bins of `least_s` at least; their edges, shape (bins + 1,)."""
        bins = int(np.clip(self.length_s // max(least_s, 1e-3), 1, most))
        return np.linspace(0.0, max(self.length_s, 1e-3), bins + 1)

    def since(self, instants_s: Floats) -> Floats:
        """Seconds since the run began."""
        return instants_s - self.begin_s


@dataclass(frozen=True, slots=True)
class View:
    """An endpoint's figures, its rows over the whole run, and what its screens showed."""

    endpoint: Endpoint
    rows: EndpointRows
    screen: Screen
    axis: Axis

    @classmethod
    def of(cls, ledger: Ledger, endpoint: Endpoint, number: int, axis: Axis) -> Self:
        """Select the rows of the ledger's endpoint `number`."""
        rows = EndpointRows.select(ledger, number, axis.window)
        return cls(endpoint, rows, Screen.watch(rows), axis)

    @property
    def every_s(self) -> float:
        """Seconds between ticks."""
        return float(self.rows.settings.get("stream_every_s") or 1.0)

    def delivered(self) -> Index:
        """Index the frames whose latency counts: delivered, seen, and not those of a join."""
        index = self.rows.seen(self.rows.index)
        fits = (self.rows.frames["fate"][index] == Fate.DELIVERED) & ~self.rows.joins(index)
        those: Index = index[fits]
        return those

    def latency_s(self, index: Index) -> tuple[Floats, Floats]:
        """Tick (since the run began) and latency of each; where attribution is bounded, the most it can have been."""
        tick_s = self.rows.frames["tick_s"][self.rows.source(index, "earliest")]
        return self.axis.since(tick_s), self.rows.seen_s(index) - tick_s


def binned(edges: Floats, instants_s: Floats) -> NDArray[np.intp]:
    """The bin of each instant; those at or beyond the ends belong to the first and the last."""
    return np.clip(np.searchsorted(edges, instants_s, side="right") - 1, 0, edges.size - 2)


def middles(edges: Floats) -> Floats:
    """The middle of each bin."""
    middle: Floats = (edges[1:] + edges[:-1]) / 2
    return middle
