"""Prometheus and OpenTelemetry are told the same of a run, in their own official formats."""

import re
import socket
import sys
from urllib.request import urlopen

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from bench.errors import UsageError
from bench.live import otel, prometheus
from bench.live.counts import Now, add_up
from bench.live.histogram import SCALE
from bench.live.measures import measures
from tests.collector import collecting
from tests.live.test_history import plain
from tests.markdown import ROOT, Page, first_cells
from tests.ports import free_port

NASTY = 'simple"\n\\ {evil="1"} 9'


def _now() -> Now:
    """Give two processes' counts of an endpoint with a name that would break a line format."""
    told = plain(3, (0.1, 0.1, 2.0))
    told["endpoints"][0] |= {"api_name": NASTY, "waiting": 4}
    return add_up([told, told], {NASTY: 2})


@pytest.fixture
def scraped() -> dict[tuple[str, str], float]:
    """Scrape the endpoint, over HTTP: values by sample name, and what else tells samples of one name apart."""
    port = free_port()
    server = prometheus.serve(_now, "127.0.0.1", port)
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    server.shutdown()
    server.server_close()
    samples = [sample for family in families for sample in family.samples]
    assert {sample.labels.get("endpoint", NASTY) for sample in samples} == {NASTY}
    return {(sample.name, sample.labels.get("fate", sample.labels.get("le", ""))): sample.value for sample in samples}


def test_every_measure_is_explained() -> None:
    """docs/exports.md has a row for each measure that anybody is told of, and for no other."""
    cells = first_cells(Page.read(ROOT / "docs" / "exports.md").section("While it goes on"))
    told = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert told == {measure.name for measure in measures(_now())}


def test_prometheus_sees_counts_and_gauges(scraped: dict[tuple[str, str], float]) -> None:
    """Frames by fate, streams against the limit, and screens, with the endpoint's name as it is."""
    assert scraped["gradio_bench_frames_total", "delivered"] == 6
    assert scraped["gradio_bench_streams_open", ""] == 2
    assert scraped["gradio_bench_streams_waiting", ""] == 8
    assert scraped["gradio_bench_streams_limit", ""] == 2
    assert scraped["gradio_bench_staleness_worst_seconds", ""] == 3.0


def test_prometheus_buckets_hold_what_is_below_their_bounds(scraped: dict[tuple[str, str], float]) -> None:
    """Four latencies of 0.1 s and two of 2 s, each on its side of every bound, and all below infinity."""
    buckets = {le: value for (name, le), value in scraped.items() if name == "gradio_bench_latency_seconds_bucket"}
    for le, below in buckets.items():
        assert below == (0 if float(le) < 0.1 else 4 if float(le) < 2.0 else 6), le
    assert scraped["gradio_bench_latency_seconds_sum", ""] == pytest.approx(4.4)


def test_a_collector_gets_every_measure_over_otlp() -> None:
    """The message that arrives is OTLP, and its histogram has our buckets one for one."""
    with collecting() as (url, posted):
        assert otel.Sender(_now, url).send()
    ((path, body),) = posted
    request = ExportMetricsServiceRequest.FromString(body)
    metrics = {one.name: one for one in request.resource_metrics[0].scope_metrics[0].metrics}
    (frames,) = metrics["gradio_bench.frames"].sum.data_points
    assert path == "/v1/metrics"
    assert {one.key: one.value.string_value for one in frames.attributes} == {"endpoint": NASTY, "fate": "delivered"}
    assert frames.as_double == 6
    (latency,) = metrics["gradio_bench.latency"].exponential_histogram.data_points
    filled = [latency.positive.offset + place for place, count in enumerate(latency.positive.bucket_counts) if count]
    assert latency.scale == SCALE
    assert filled == sorted(_now().endpoints[0].latency.counts)
    assert (latency.count, sum(latency.positive.bucket_counts)) == (6, 6)


def test_a_run_is_told_of_until_its_end_and_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last message holds what came after the one before it, however short the run."""
    sent: list[int] = []
    looks = iter([True, True, False])
    sender = otel.Sender.__new__(otel.Sender)
    monkeypatch.setattr(sender, "send", lambda: sent.append(1))
    sender.work(lambda _s: None, lambda: next(looks))
    assert len(sent) == 2


@pytest.mark.parametrize(("text", "address"), [("9464", ("127.0.0.1", 9464)), ("0.0.0.0:9464", ("0.0.0.0", 9464))])
def test_the_endpoint_is_on_loopback_unless_told_otherwise(text: str, address: tuple[str, int]) -> None:
    """A port alone is nobody else's business."""
    assert prometheus.read_address(text) == address


@pytest.mark.parametrize("text", ["", "nine", "70000", "localhost"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """The answer says how to write one."""
    with pytest.raises(UsageError, match="Give a port"):
        prometheus.read_address(text)


def test_a_port_that_is_taken_is_told() -> None:
    """In a sentence, before the run."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="Name another port"):
            prometheus.serve(_now, "127.0.0.1", taken.getsockname()[1])


def test_without_the_libraries_the_extras_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each says what to install."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.metric_exporter", None)
    with pytest.raises(UsageError, match=r"gradio-bench\[prometheus\]"):
        prometheus.read_address("9464")
    with pytest.raises(UsageError, match=r"gradio-bench\[otel\]"):
        otel.read_url("http://127.0.0.1:4318")
