"""All charts of an endpoint, and all of a run, in the order in which they are read."""

from bench.ledger import Ledger
from bench.metrics import Summary
from bench.report.charts.chart import Chart
from bench.report.charts.frames import fates_over_time
from bench.report.charts.latency import latency_by_part, latency_distribution, latency_over_time
from bench.report.charts.machine import cpu_over_time, memory_over_time
from bench.report.charts.screens import staleness_over_time
from bench.report.charts.turns import active_streams, queue_wait, viewers_timeline
from bench.report.charts.view import Axis, View

_OF_AN_ENDPOINT = (
    viewers_timeline,
    latency_over_time,
    fates_over_time,
    latency_distribution,
    latency_by_part,
    queue_wait,
    active_streams,
    staleness_over_time,
)


def endpoint_charts(view: View) -> list[Chart]:
    """Draw an endpoint's charts."""
    return [draw(view) for draw in _OF_AN_ENDPOINT]


def run_charts(ledger: Ledger, summary: Summary) -> list[Chart]:
    """Draw what the app and the generator used."""
    axis = Axis.of(ledger)
    return [cpu_over_time(ledger, summary, axis), memory_over_time(ledger, axis)]
