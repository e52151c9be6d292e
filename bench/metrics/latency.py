"""Latency: from a frame's tick to its result on the viewer's screen, and the parts of the way."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from bench.ledger import Fate
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.endpoint import Parts
from bench.metrics.rows import EndpointRows, Index


@dataclass(frozen=True, slots=True)
class Latency:
    """The distributions of one endpoint's latency; None stands for what does not apply."""

    corrected: Distribution | None
    lower: Distribution | None
    raw: Distribution | None
    parts: Parts


@dataclass(frozen=True, slots=True)
class Ways:
    """The way of each of the window's delivered frames whose result was seen, join frames left out.

    Each property is of shape (n,), in seconds, and worked out when asked for: all at once would be more than the rows.
    A result without a file is seen when its message is here. Where attribution is bounded, every figure counts from the
    earliest frame the result can belong to (an upper bound), and `lower` from the latest one.
    """

    rows: EndpointRows
    index: Index
    source: Index

    @classmethod
    def of(cls, rows: EndpointRows) -> Self:
        """Select the frames."""
        index = rows.seen(rows.index)
        index = index[(rows.frames["fate"][index] == Fate.DELIVERED) & ~rows.joins(index)]
        return cls(rows, index, rows.source(index, "earliest"))

    @property
    def tick_s(self) -> Floats:
        """When each was due."""
        return self._source("tick_s")

    @property
    def corrected(self) -> Floats:
        """Tick → seen."""
        return self.rows.seen_s(self.index) - self._source("tick_s")

    @property
    def lower(self) -> Floats | None:
        """The same from the latest frame it can have been; None where attribution is exact."""
        if not self.rows.bounded:
            return None
        latest: Floats = self.rows.frames["tick_s"][self.rows.source(self.index, "latest")]
        return self.rows.seen_s(self.index) - latest

    @property
    def raw(self) -> Floats:
        """Sending begun → seen, without the generator's own lag."""
        return self.rows.seen_s(self.index) - self._source("sending_s")

    @property
    def send(self) -> Floats:
        """Tick → last byte written."""
        return self._source("sent_s") - self._source("tick_s")

    @property
    def accept(self) -> Floats:
        """Last byte written → the POST's answer."""
        return self._source("accepted_s") - self._source("sent_s")

    @property
    def serve(self) -> Floats:
        """Last byte written → the result's message."""
        result_s: Floats = self.rows.frames["result_s"][self.index]
        return result_s - self._source("sent_s")

    @property
    def fetch(self) -> Floats | None:
        """The message → its file; None where results have none."""
        return self.rows.seen_s(self.index) - self.rows.frames["result_s"][self.index] if self.rows.files else None

    def _source(self, column: str) -> Floats:
        values: Floats = self.rows.frames[column][self.source]
        return values


def latencies(rows: EndpointRows) -> Latency:
    """Work out their distributions."""
    way = Ways.of(rows)
    return Latency(
        corrected=Distribution.of(way.corrected),
        lower=_of_some(way.lower),
        raw=Distribution.of(way.raw),
        parts=Parts(
            send=Distribution.of(way.send),
            accept=Distribution.of(way.accept),
            serve=Distribution.of(way.serve),
            fetch=_of_some(way.fetch),
        ),
    )


def _of_some(values: Floats | None) -> Distribution | None:
    return None if values is None else Distribution.of(values)


def send_lags(rows: EndpointRows) -> tuple[Floats, Floats]:
    """Tick, and how late sending began after it, of the window's frames that had a stream: the generator's own doing.

    A frame that was due and could not be sent before its viewer left was late by at least that long.
    """
    frames, index = rows.frames, rows.index
    unsent = np.isnan(frames["sending_s"][index]) & (frames["fate"][index] == Fate.IN_FLIGHT)
    left_s = rows.recordings.end_s[rows.recordings.lane(frames["viewer"][index])]
    begun_s = np.where(unsent, left_s, frames["sending_s"][index])
    due = ~np.isnan(begun_s)
    tick_s = frames["tick_s"][index][due]
    lag_s: Floats = begun_s[due] - tick_s
    return tick_s, lag_s
