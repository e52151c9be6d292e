"""Error bars: how far a latency figure would move if the run were made again."""

import math

import numpy as np

from bench.ledger import Ledger
from bench.metrics import Summary
from bench.metrics.distribution import Floats
from bench.metrics.window import Window
from bench.report.charts.view import Axis, View
from bench.words import duration

SLICES = 10
_LEAST = 20  # results in a slice: fewer have no 95th percentile to speak of
_STUDENT = 2.262  # two-sided 95 % quantile of Student's t with SLICES − 1 degrees of freedom


def error_bars(ledger: Ledger, summary: Summary) -> list[tuple[str, str]]:
    """For each endpoint, the 95 % interval of its median and 95th percentile of latency, by batch means.

    The window is cut into ten slices; a figure's values in them vary as the run's own would, also where neighbouring
    results are alike (A. M. Law, Simulation Modeling and Analysis: batch means). Too few results give no bar.
    """
    axis, window = Axis.of(ledger), Window.measured(ledger)
    rows = []
    for number, endpoint in enumerate(summary.endpoints):
        if endpoint.viewers and endpoint.latency_s is not None:
            view = View.of(ledger, endpoint, number, axis)
            tick_s, latency_s = view.latency_s(view.delivered())
            text = _bars(tick_s + axis.begin_s - window.begin_s, latency_s, window.length_s)
            rows.append((f"Error bars, {endpoint.api_name}", text))
    return rows


def _bars(tick_s: Floats, latency_s: Floats, length_s: float) -> str:
    place = np.floor(tick_s / length_s * SLICES).astype(np.intp) if length_s else np.zeros(tick_s.size, np.intp)
    slices = [latency_s[place == number] for number in range(SLICES)]
    if min(one.size for one in slices) < _LEAST:
        return "too few results to give any"
    return ", ".join(f"p{round(100 * q)} ± {duration(_half_width(slices, q))}" for q in (0.5, 0.95))


def _half_width(slices: list[Floats], quantile: float) -> float:
    values = np.array([np.quantile(one, quantile, method="inverted_cdf") for one in slices])
    return _STUDENT * float(values.std(ddof=1)) / math.sqrt(len(slices))
