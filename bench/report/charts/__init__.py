"""Charts: what a ledger's rows look like over time, each drawn by Bokeh from at most a few hundred points a line."""

from bench.report.charts.chart import Chart
from bench.report.charts.draw import endpoint_charts, run_charts
from bench.report.charts.view import Axis, View

__all__ = ["Axis", "Chart", "View", "endpoint_charts", "run_charts"]
