"""What a monitoring system is told of a run: one list of measures, for Prometheus and for OpenTelemetry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from bench.live.counts import EndpointNow, Now
from bench.live.histogram import Histogram

Kind = Literal["counter", "gauge"]
Labels = tuple[str, ...]
Source = Callable[[], Now]
"""Gives the counts of this moment."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: a value for each set of labels, or else a histogram. Its unit is "s", or "" for a count."""

    name: str
    text: str
    kind: Kind = "gauge"
    unit: str = ""
    labels: Labels = ("endpoint",)
    values: dict[Labels, float] = field(default_factory=dict)
    histograms: dict[Labels, Histogram] | None = None


_NUMBERS: tuple[tuple[str, str, Kind, str, Callable[[EndpointNow], float | None]], ...] = (
    ("errors", "Errors met.", "counter", "", lambda one: one.errors),
    ("streams_open", "Streams open at this moment.", "gauge", "", lambda one: one.open),
    ("streams_waiting", "Viewers who wait for a turn.", "gauge", "", lambda one: one.waiting),
    ("streams_limit", "Streams that can be open at once, where that is known.", "gauge", "", lambda one: one.limit),
    ("staleness_typical", "Age of the picture on the median viewer's screen.", "gauge", "s", lambda one: one.typical_s),
    ("staleness_worst", "Age of the oldest picture on a viewer's screen.", "gauge", "s", lambda one: one.worst_s),
)


def measures(now: Now) -> Iterator[Measure]:
    """Turn the counts of a run into measures; counters begin anew with each run."""
    yield Measure("viewers", "Viewers, each with one open tab.", labels=(), values={(): float(now.viewers)})
    by_fate: dict[Labels, float] = {
        (one.api_name, fate): float(count) for one in now.endpoints for fate, count in one.fates.items()
    }
    text = "Frames by what became of them."
    yield Measure("frames", text, "counter", labels=("endpoint", "fate"), values=by_fate)
    for name, text, kind, unit, value_of in _NUMBERS:
        known = {(one.api_name,): value_of(one) for one in now.endpoints}
        values: dict[Labels, float] = {labels: float(value) for labels, value in known.items() if value is not None}
        yield Measure(name, text, kind, unit, values=values)
    latency: dict[Labels, Histogram] = {(one.api_name,): one.latency for one in now.endpoints}
    yield Measure("latency", "From a frame's tick to its result on the screen.", unit="s", histograms=latency)
    wait: dict[Labels, Histogram] = {(one.api_name,): one.wait for one in now.endpoints}
    yield Measure("queue_wait", "From a join to the turn.", unit="s", histograms=wait)
