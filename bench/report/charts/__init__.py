"""Charts: what a ledger's rows look like over time, each drawn by Bokeh from at most a few hundred points a line."""

from bench.report.charts.chart import Chart
from bench.report.charts.draw import endpoint_charts, run_charts

__all__ = ["Chart", "endpoint_charts", "run_charts"]
