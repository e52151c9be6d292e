"""What is compared of an endpoint, block by block: times as ratios, the share of lost frames as a difference."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log, nan

from bench.compare.blocks import Block
from bench.metrics import Distribution, Endpoint

Read = Callable[[Endpoint], float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a block. A `ratio` is compared as log(HEAD / BASE), any other as HEAD - BASE.

    The `decisive` one is measured until it passes or fails; the others can only fail. `least` is too small to compare:
    a wait of a few milliseconds is the server's own breath.
    """

    name: str
    label: str
    read: Read
    ratio: bool = True
    decisive: bool = False
    least: float = 0.0

    def apart(self, base: float, head: float) -> float:
        """How far apart two blocks are; NaN where either has not got the figure, or too little of it."""
        if not self.ratio:
            return head - base
        return log(head / base) if base > self.least and head > self.least else nan


def _p50(distribution: Distribution | None) -> float | None:
    return None if distribution is None else distribution.p50


def _p95(distribution: Distribution | None) -> float | None:
    return None if distribution is None else distribution.p95


def _lost(endpoint: Endpoint) -> float | None:
    """Tell the share of captured frames that came to nothing, those still under way at the block's end left out."""
    frames = endpoint.frames
    whole = frames.captured - frames.in_flight
    return (whole - frames.delivered - frames.unattributed) / whole if whole > 0 else None


FIGURES = (
    Figure("latency_p50", "latency p50", lambda endpoint: _p50(endpoint.latency_s), decisive=True),
    Figure("latency_p95", "latency p95", lambda endpoint: _p95(endpoint.latency_s)),
    Figure("staleness_p50", "staleness p50", lambda endpoint: _p50(endpoint.staleness_s)),
    Figure("queue_wait_p50", "queue wait p50", lambda endpoint: _p50(endpoint.queue_wait_s), least=0.05),
    Figure("lost", "frames lost", _lost, ratio=False),
)
"""Compared by default, in the order of the table."""

DECISIVE = next(figure for figure in FIGURES if figure.decisive)
"""The one that is measured until it passes or fails."""


def value(figure: Figure, block: Block, api_name: str) -> float:
    """Read a block's figure of one endpoint; NaN where it has none."""
    for endpoint in block.summary.endpoints:
        if endpoint.api_name == api_name:
            found = figure.read(endpoint)
            return nan if found is None else found
    return nan
