"""The chart of staleness: how old the picture was that a typical and the worst-off viewer looked at."""

from dataclasses import replace

import numpy as np

from bench.metrics.distribution import Floats
from bench.report.charts.chart import BLUE, RED, Chart, hover, over_time, small
from bench.report.charts.view import View
from bench.words import duration

_STEPS = 300
_LOOKS = 16
"""Instants looked at in each step: one alone, in pace with the camera, would see a slow beat and not the age."""

_MOST_VIEWERS = 500


def staleness_over_time(view: View) -> Chart:
    """The oldest the picture on screen got in each of some hundred steps: the median and the worst viewer's."""
    chart = Chart(key="staleness", title="How old the picture on screen is")
    if not view.rows.pictures:
        return replace(chart, caption="Results are no pictures, so nothing on a screen grows old.")
    steps = min(_STEPS, max(20, int(2 * view.axis.length_s)))
    instants = np.linspace(0.0, view.axis.length_s, steps * _LOOKS + 1)[1:]
    ages = _ages(view, view.axis.begin_s + instants)
    if not ages.size or np.isnan(ages).all():
        return replace(chart, caption="No picture was ever shown.")
    instants, ages = instants[_LOOKS // 2 :: _LOOKS], np.fmax.reduce(ages.reshape(ages.shape[0], steps, _LOOKS), axis=2)
    seen = ~np.isnan(ages).all(axis=0)
    instants, ages = instants[seen], ages[:, seen]
    mean = np.array([row[~np.isnan(row)].mean() if (~np.isnan(row)).any() else -1.0 for row in ages])
    worst, typical = ages[int(mean.argmax())], np.nanmedian(ages, axis=0)
    plot = over_time(view.axis.length_s, view.axis.warmup_s, "seconds old")
    data = {"x": small(instants), "worst": small(worst), "typical": small(typical)}
    line = plot.line("x", "worst", source=data, color=RED, width=1.5)
    plot.line("x", "typical", source=line.data_source, color=BLUE, width=2)
    hover(plot, line, ("second", "@x{0.0}"), ("median viewer", "@typical{0.00} s"), ("worst viewer", "@worst{0.00} s"))
    d = view.endpoint.staleness_s
    told = f"Half of the time it was younger than {duration(d.p50)}, 95 % of it than {duration(d.p95)}." if d else ""
    sampled = f" Drawn: the oldest it got in {view.axis.length_s / steps:.1f} s"
    return replace(
        chart,
        caption=f"{told}{sampled}{', of ' + str(_MOST_VIEWERS) + ' viewers' if _left_out(view) else ''}.",
        plot=plot,
        legend=(("the median viewer", BLUE), ("the worst-off viewer", RED)),
    )


def _left_out(view: View) -> bool:
    return view.rows.recordings.viewer.size > _MOST_VIEWERS


def _ages(view: View, instants_s: Floats) -> Floats:
    """Ages in seconds, shape (viewers, instants); NaN before a viewer's first picture and outside its recording."""
    screen, recordings = view.screen, view.rows.recordings
    bounds = np.searchsorted(screen.lane, np.arange(recordings.viewer.size + 1))
    lanes = np.unique(np.linspace(0, recordings.viewer.size - 1, _MOST_VIEWERS).astype(np.intp))
    ages = np.full((lanes.size, instants_s.size), np.nan)
    for row, lane in enumerate(lanes):
        seen_s, tick_s = (each[bounds[lane] : bounds[lane + 1]] for each in (screen.seen_s, screen.tick_s))
        last = np.searchsorted(seen_s, instants_s, side="right") - 1
        there = (last >= 0) & (instants_s <= recordings.end_s[lane])
        ages[row, there] = instants_s[there] - tick_s[last[there]]
    return ages
