"""OpenTelemetry metrics of a run while it goes on, sent over OTLP by the official exporter.

Latencies go as exponential histograms, whose buckets are ours: nothing is rounded, and any backend can merge them.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import __version__
from bench.errors import UsageError
from bench.extras import extra
from bench.live.histogram import SCALE, Histogram
from bench.live.measures import Measure, Source, measures

EVERY_S = 5.0
_LOOK_S = 0.2  # how soon the end of a run is seen: its process may be gone soon after
PREFIX = "gradio_bench"

_WHAT = "OpenTelemetry"
_EXPORT = "opentelemetry.sdk.metrics.export"


def read_url(text: str) -> str:
    """Read the address of a collector, such as http://127.0.0.1:4318.

    Raises UsageError for one that is none, and where the extra is not installed.
    """
    if not text.startswith(("http://", "https://")):
        raise UsageError(f"{text!r} is not the address of a collector.", "Write it as http://127.0.0.1:4318.")
    _library("opentelemetry.exporter.otlp.proto.http.metric_exporter")
    return text.rstrip("/")


class Sender:
    """Sends what `source` gives to the collector at `url` (its base; `/v1/metrics` is added, as OTLP has it).

    Headers, compression and timeouts are those of the environment's `OTEL_EXPORTER_OTLP_…`.
    """

    def __init__(self, source: Source, url: str) -> None:
        exporter = _library("opentelemetry.exporter.otlp.proto.http.metric_exporter")
        self._exporter = exporter.OTLPMetricExporter(endpoint=f"{url}/v1/metrics")
        self._source = source
        self._began_ns = time.time_ns()

    def begin(self) -> None:
        """Take note that a run begins: its counters do."""
        self._began_ns = time.time_ns()

    def send(self) -> bool:
        """Send once; False where the collector did not take it, which the exporter has logged."""
        done = self._exporter.export(metrics_data(measures(self._source()), self._began_ns, time.time_ns()))
        return bool(done.name == "SUCCESS")

    def work(self, sleep: Callable[[float], Any], going_on: Callable[[], bool]) -> None:
        """Send every five seconds while the run goes on, and once more at its end."""
        sent_s = 0.0
        while going_on():
            if time.monotonic() - sent_s >= EVERY_S:
                sent_s = time.monotonic()
                self.send()
            sleep(_LOOK_S)
        self.send()


def metrics_data(told: Iterator[Measure], began_ns: int, now_ns: int) -> Any:
    """Build one message of every measure."""
    sdk, scope = _library(_EXPORT), _library("opentelemetry.sdk.util.instrumentation").InstrumentationScope
    resource = _library("opentelemetry.sdk.resources").Resource.create({"service.name": "gradio-bench"})
    metrics = [_metric(sdk, measure, began_ns, now_ns) for measure in told]
    scoped = sdk.ScopeMetrics(scope=scope("gradio-bench", __version__), metrics=metrics, schema_url="")
    return sdk.MetricsData([sdk.ResourceMetrics(resource=resource, scope_metrics=[scoped], schema_url="")])


def _metric(sdk: Any, measure: Measure, began_ns: int, now_ns: int) -> Any:
    name = f"{PREFIX}.{measure.name}"
    cumulative = sdk.AggregationTemporality.CUMULATIVE
    if measure.histograms is not None:
        points = [
            _histogram(sdk, dict(zip(measure.labels, labels, strict=True)), histogram, began_ns, now_ns)
            for labels, histogram in measure.histograms.items()
        ]
        return sdk.Metric(name, measure.text, measure.unit, sdk.ExponentialHistogram(points, cumulative))
    points = [
        sdk.NumberDataPoint(dict(zip(measure.labels, labels, strict=True)), began_ns, now_ns, value)
        for labels, value in measure.values.items()
    ]
    counts = measure.kind == "counter"
    data = sdk.Sum(points, cumulative, is_monotonic=True) if counts else sdk.Gauge(points)
    return sdk.Metric(name, measure.text, measure.unit or "1", data)


def _histogram(sdk: Any, attributes: dict[str, str], histogram: Histogram, began_ns: int, now_ns: int) -> Any:
    first, last = min(histogram.counts, default=0), max(histogram.counts, default=-1)
    filled = [histogram.counts.get(index, 0) for index in range(first, last + 1)]
    return sdk.ExponentialHistogramDataPoint(
        attributes=attributes,
        start_time_unix_nano=began_ns,
        time_unix_nano=now_ns,
        count=histogram.count,
        sum=histogram.sum_s,
        scale=SCALE,
        zero_count=0,
        positive=sdk.Buckets(first, filled),
        negative=sdk.Buckets(0, []),
        flags=0,
        min=histogram.quantile(0.0) or 0.0,
        max=histogram.quantile(1.0) or 0.0,
    )


def _library(module: str) -> Any:
    return extra(module, "otel", _WHAT)
