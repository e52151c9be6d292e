"""The chart of fates: what became of the frames of each moment."""

from dataclasses import replace

import numpy as np

from bench.ledger import Fate
from bench.metrics.distribution import Floats
from bench.report.charts.chart import AMBER, BLUE, ORANGE, RED, SLATE, TEAL, VIOLET, Chart, hover, over_time, small
from bench.report.charts.view import MOST_BINS, View, binned, middles
from bench.report.words import noun
from bench.words import plural, share

_LEAST_S = 0.5
_COLOURS = {
    Fate.DELIVERED: TEAL,
    Fate.UNATTRIBUTED: BLUE,
    Fate.OVERWRITTEN: AMBER,
    Fate.CUT_OFF: ORANGE,
    Fate.REJECTED: VIOLET,
    Fate.FAILED: RED,
    Fate.IN_FLIGHT: "#5c6675",
    Fate.SKIPPED: SLATE,
}


def fates_over_time(view: View) -> Chart:
    """Frames a second by what became of them, stacked: all together they are what the viewers recorded."""
    chart = Chart(key="fates", title=f"What became of each {noun(view.endpoint)}", wide=True)
    tick_s = view.axis.since(view.rows.frames["tick_s"][view.rows.index])
    if not tick_s.size:
        return replace(chart, caption="Nothing was recorded.")
    edges = _whole_ticks(view)
    bins, width = edges.size - 1, np.diff(edges)
    fate = view.rows.frames["fate"][view.rows.index]
    counts = np.bincount(binned(edges, tick_s) * len(Fate) + fate, minlength=bins * len(Fate)).reshape(bins, len(Fate))
    met = [one for one in _COLOURS if counts[:, one].any()]
    data = {"x": small(middles(edges)), "width": small(width)} | {
        _name(one): small(counts[:, one] / width) for one in met
    }
    plot = over_time(view.axis.length_s, view.axis.warmup_s, f"{noun(view.endpoint)}s a second")
    stack = plot.vbar_stack(
        [_name(one) for one in met],
        x="x",
        width="width",
        color=[_COLOURS[one] for one in met],
        line_color=None,
        source=data,
    )
    _hover(plot, stack, met)
    total = int(counts.sum())
    told = ", ".join(f"{share(int(counts[:, one].sum()), total)} {_name(one).replace('_', ' ')}" for one in met)
    return replace(
        chart,
        caption=f"Of {plural(total, noun(view.endpoint))}, warm-up included: {told}.",
        plot=plot,
        legend=tuple((_name(one).replace("_", " "), _COLOURS[one]) for one in met),
    )


def _whole_ticks(view: View) -> Floats:
    """Cut the run into bins of a whole number of ticks, so that cameras are not seen to beat against bins."""
    least_s = max(_LEAST_S, view.axis.length_s / MOST_BINS)
    step_s = np.ceil(least_s / view.every_s) * view.every_s
    edges = np.arange(0.0, view.axis.length_s, step_s)
    if edges.size > 1 and view.axis.length_s - edges[-1] < step_s / 2:
        edges = edges[:-1]
    return np.append(edges, view.axis.length_s)


def _name(fate: Fate) -> str:
    return fate.name.lower()


def _hover(plot: object, stack: list[object], met: list[Fate]) -> None:
    rows = [(_name(one).replace("_", " "), f"@{_name(one)}{{0.0}}") for one in met]
    hover(plot, stack[0], ("second", "@x{0.0}"), *rows)
