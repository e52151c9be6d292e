"""A Prometheus endpoint that tells of a run while it goes on, by the official library."""

from collections.abc import Iterator
from typing import Any

from bench.errors import UsageError
from bench.extras import extra
from bench.live.histogram import SCALE, Histogram
from bench.live.measures import Measure, Source, measures

PREFIX = "gradio_bench"
LOOPBACK = "127.0.0.1"

_WHAT = "A Prometheus endpoint"
_BOUNDS = tuple(2 ** (half / 2) for half in range(-16, 15))
"""Seconds, from 4 ms to 128 s in steps of √2: bounds of the histogram's own buckets, so that no count is a guess."""


def read_address(text: str) -> tuple[str, int]:
    """Read `PORT`, which is one on loopback, or `HOST:PORT`.

    Raises UsageError for anything else, and where the extra is not installed.
    """
    host, _, port = text.strip().rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(
            f"{text!r} is not an address.", "Give a port such as 9464, or an address such as 0.0.0.0:9464."
        )
    extra("prometheus_client", "prometheus", _WHAT)
    return host.strip("[]") or LOOPBACK, int(port)


def serve(source: Source, host: str, port: int) -> Any:
    """Serve what `source` gives on `/metrics` until the process ends; returns the server.

    Raises UsageError where the port cannot be had.
    """
    prometheus = extra("prometheus_client", "prometheus", _WHAT)
    registry = prometheus.CollectorRegistry()
    registry.register(Collector(source))
    try:
        return prometheus.start_http_server(port, host, registry)[0]
    except OSError as error:
        raise UsageError(
            f"There can be no endpoint on {host}:{port}: {error.strerror}.", "Name another port."
        ) from None


class Collector:
    """Looks at a run whenever Prometheus asks."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def collect(self) -> Iterator[Any]:
        """Yield each measure as a family of the library's."""
        core = extra("prometheus_client.core", "prometheus", _WHAT)
        for measure in measures(self._source()):
            yield _family(core, measure)


def _family(core: Any, measure: Measure) -> Any:
    name = f"{PREFIX}_{measure.name}" + ("_seconds" if measure.unit == "s" else "")
    if measure.histograms is not None:
        family = core.HistogramMetricFamily(name, measure.text, labels=measure.labels)
        for labels, histogram in measure.histograms.items():
            family.add_metric(labels, _buckets(histogram), histogram.sum_s)
        return family
    kind = core.CounterMetricFamily if measure.kind == "counter" else core.GaugeMetricFamily
    family = kind(name, measure.text, labels=measure.labels)
    for labels, value in measure.values.items():
        family.add_metric(labels, value)
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """Count what is at or below each bound."""
    steps = 2**SCALE // 2
    below = [
        (f"{bound:.6g}", sum(count for index, count in histogram.counts.items() if index < (half - 16) * steps))
        for half, bound in enumerate(_BOUNDS)
    ]
    return [*below, ("+Inf", histogram.count)]
