"""Error bars: how far a latency figure would move if the run were made again."""

import math

import numpy as np

from bench.metrics.distribution import Floats
from bench.metrics.window import Window
from bench.report.charts import View
from bench.slo.chance import student
from bench.words import duration

SLICES = 10
_LEAST = 20  # results in a slice: fewer have no 95th percentile to speak of


def error_bar(view: View, window: Window) -> str:
    """The 95 % intervals of an endpoint's median and 95th percentile of latency inside the window, by batch means.

    The window is cut into ten slices; a figure's values in them vary as the run's own would, also where neighbouring
    results are alike (A. M. Law, Simulation Modeling and Analysis: batch means). Too few results give no bar.
    """
    tick_s, latency_s = view.latency_s(view.delivered())
    tick_s = tick_s + view.axis.begin_s - window.begin_s
    inside = (tick_s >= 0) & (tick_s < window.length_s)
    place = np.floor(tick_s[inside] / max(window.length_s, 1e-9) * SLICES).astype(np.intp)
    slices = [latency_s[inside][place == number] for number in range(SLICES)]
    if min(one.size for one in slices) < _LEAST:
        return "too few results to give any"
    return ", ".join(f"p{round(100 * q)} ± {duration(_half_width(slices, q))}" for q in (0.5, 0.95))


def _half_width(slices: list[Floats], quantile: float) -> float:
    values = np.array([np.quantile(one, quantile, method="inverted_cdf") for one in slices])
    return student(0.975, len(slices) - 1) * float(values.std(ddof=1)) / math.sqrt(len(slices))
