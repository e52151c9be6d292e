"""Charts of turns: the viewers' lanes, how long they waited, and how many streams were open."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from bokeh.models import AdaptiveTicker, Range1d
from bokeh.models.annotations import Span
from numpy.typing import NDArray

from bench.ledger import Outcome
from bench.metrics.distribution import Floats
from bench.metrics.rotation import HANDOVER_S
from bench.metrics.screen import freeze_spans
from bench.metrics.spans import Spans
from bench.report.charts.chart import AMBER, BLUE, ORANGE, RED, TEAL, VIOLET, Chart, hover, over_time, small
from bench.report.charts.view import View
from bench.words import duration, plural

_MOST_SPANS = 30_000  # rectangles: more slow a browser down, and none would be seen
_MOST_POINTS = 1500
_LANE_HEIGHT = (18, 420)  # px of a lone lane, and of many together
_STATES = {"waiting": AMBER, "open": TEAL, "rejoining": ORANGE, "frozen": RED}
_GLOSSES = {
    "waiting": "waiting for a first turn",
    "open": "live",
    "rejoining": "sent back to the queue",
    "frozen": "frozen while live",
}
_WAITED_S = 0.25


@dataclass(frozen=True, slots=True)
class _Waits:
    """Each wait: whose, from when to when, and whether the viewer had had a turn before."""

    lane: Any
    begin_s: Floats
    end_s: Floats
    again: Any


def viewers_timeline(view: View) -> Chart:
    """One lane for each viewer, coloured by what it had: the picture of concurrency_limit and time_limit."""
    chart = Chart(key="lanes", title="The viewers, one lane each", wide=True)
    lanes = int(view.rows.recordings.viewer.size)
    if not lanes:
        return replace(chart, caption="No viewer came.")
    spans = _states(view)
    total = sum(one.lane.size for one in spans.values())
    step = int(np.ceil(total / _MOST_SPANS)) if total else 1
    shown = int(np.ceil(lanes / step))
    height = int(np.clip(_LANE_HEIGHT[0] * shown, 3 * _LANE_HEIGHT[0], _LANE_HEIGHT[1])) + 60
    plot = over_time(view.axis.length_s, view.axis.warmup_s, "viewer", height=height)
    plot.y_range, plot.ygrid.visible = Range1d(start=shown - 0.5, end=-0.5), False
    plot.yaxis.ticker = AdaptiveTicker(mantissas=[1, 2, 5], min_interval=1, desired_num_ticks=8, num_minor_ticks=0)
    half = 0.42 if shown <= 60 else 0.56  # thin lanes overlap: no background shines through
    for state, one in spans.items():
        lane = one.lane[one.lane % step == 0] // step
        begin, end = (view.axis.since(each[one.lane % step == 0]) for each in (one.begin_s, one.end_s))
        data = {"left": small(begin), "right": small(end), "lane": lane.astype(np.int32)}
        data |= {"top": small(lane - half), "bottom": small(lane + half)}
        quads = plot.quad("left", "right", "top", "bottom", source=data, color=_STATES[state], line_color=None)
        rows = (("viewer", "@lane"), (state, "@left{0.0} s to @right{0.0} s"))
        hover(plot, quads, *rows, mode="mouse")
    left_out = f" Every {step}th viewer is drawn, {shown} of {lanes}." if step > 1 else ""
    return replace(
        chart,
        caption=f"{_told(view, spans)}{left_out}",
        plot=plot,
        legend=tuple((_GLOSSES[state], _STATES[state]) for state, one in spans.items() if one.lane.size),
    )


def _told(view: View, spans: dict[str, Spans]) -> str:
    open_s = float(spans["open"].length_s.sum())
    recorded_s = float(view.rows.recordings.length_s.sum())
    live = f"Viewers were live {100 * open_s / recorded_s:.0f} % of the time" if recorded_s else "Nobody recorded"
    frozen = spans["frozen"]
    froze = f", and froze {plural(frozen.lane.size, 'time')}" if frozen.lane.size else ""
    return f"{live}{froze}."


def _states(view: View) -> dict[str, Spans]:
    waits = _waits(view)
    first = ~waits.again
    return {
        "waiting": Spans(waits.lane[first], waits.begin_s[first], waits.end_s[first]),
        "open": view.rows.open_spans(),
        "rejoining": Spans(waits.lane[waits.again], waits.begin_s[waits.again], waits.end_s[waits.again]),
        "frozen": freeze_spans(view.rows, view.screen) if view.rows.pictures else Spans(*np.empty((3, 0))),
    }


def _waits(view: View) -> _Waits:
    """From the join, or from the end of the turn before, to the open; to the end where that never came."""
    streams, window = view.rows.streams, view.axis.window
    streams = streams[streams["outcome"] != Outcome.REJECTED]
    lane = view.rows.recordings.lane(streams["viewer"])
    opened = ~np.isnan(streams["open_s"])
    again = np.concatenate([[False], (lane[1:] == lane[:-1])])[: lane.size]
    before = np.concatenate([[np.nan], streams["ended_s"][:-1]])[: lane.size]
    begin = np.where(again & ~np.isnan(before), before, streams["joined_s"])
    end = np.where(opened, streams["open_s"], np.where(np.isnan(streams["ended_s"]), window.end_s, streams["ended_s"]))
    begin, end = window.clip(begin), window.clip(end)
    real = end > begin
    return _Waits(lane[real], begin[real], end[real], again[real])


def queue_wait(view: View) -> Chart:
    """Each wait for a turn: measured, as Gradio foretold it, and as the rotation law does."""
    chart = Chart(key="wait", title="Waiting for a turn")
    streams = view.rows.streams[~np.isnan(view.rows.streams["open_s"])]
    wait_s = streams["open_s"] - streams["joined_s"]
    law_s = view.endpoint.rotation.predicted_wait_s
    if not wait_s.size or (float(wait_s.max()) < _WAITED_S and not law_s):
        return replace(chart, caption="Nobody had to wait for a turn." if wait_s.size else "No turn ever began.")
    step = int(np.ceil(wait_s.size / _MOST_POINTS))
    streams, wait_s = streams[::step], wait_s[::step]
    joined_s = view.axis.since(streams["joined_s"])
    plot = over_time(view.axis.length_s, view.axis.warmup_s, "seconds of waiting")
    plot.xaxis.axis_label = "joined, in seconds since the first viewer came"
    eta_s = streams["eta_s"]
    told = ~np.isnan(eta_s)
    plot.scatter(small(joined_s[told]), small(eta_s[told]), marker="diamond", color=VIOLET, size=8, fill_alpha=0)
    dots = plot.scatter("x", "y", source={"x": small(joined_s), "y": small(wait_s)}, color=BLUE, size=6, alpha=0.8)
    hover(plot, dots, ("joined at", "@x{0.0} s"), ("waited", "@y{0.00} s"), mode="mouse")
    legend = [("waited", BLUE), ("Gradio's first estimate", VIOLET)]
    if law_s:
        plot.add_layout(Span(location=law_s, dimension="width", line_color=TEAL, line_width=2, line_dash="dashed"))
        legend.append((f"mean by the rotation law: {duration(law_s)}", TEAL))
    limit_s = view.endpoint.settings.time_limit_s
    if limit_s and limit_s < 2 * float(wait_s.max()):
        plot.add_layout(Span(location=limit_s, dimension="width", line_color=RED, line_width=1, line_dash="dotted"))
        legend.append((f"time_limit: {limit_s:g} s", RED))
    still = view.endpoint.rotation.waiting_at_end
    ends = f" {plural(still, 'wait')} were not over at the end, and are not drawn." if still else ""
    every = f" Every {step}th wait is drawn." if step > 1 else ""
    caption = f"The longest of {plural(wait_s.size, 'wait')} took {duration(float(wait_s.max()))}.{ends}{every}"
    return replace(chart, caption=caption, plot=plot, legend=tuple(legend))


def active_streams(view: View) -> Chart:
    """How many streams were open at once, against the limit, and how many viewers waited meanwhile."""
    chart = Chart(key="active", title="Open streams against the limit")
    opened = view.rows.open_spans(HANDOVER_S)
    if not opened.lane.size:
        return replace(chart, caption="No stream was ever open.")
    waits = _waits(view)
    plot = over_time(view.axis.length_s, view.axis.warmup_s, "streams")
    held_x, held = _at_once(view, opened.begin_s, opened.end_s)
    wait_x, waiting = _at_once(view, waits.begin_s, waits.end_s)
    plot.step(wait_x, waiting, mode="after", color=AMBER, width=1.5)
    line = plot.step("x", "y", source={"x": held_x, "y": held}, mode="after", color=TEAL, width=2)
    hover(plot, line, ("second", "@x{0.0}"), ("open", "@y"))
    use, limit = view.endpoint.concurrency, view.endpoint.settings.effective_limit
    legend = [("open", TEAL), ("waiting", AMBER)]
    against = "; the app does not tell its limit"
    if limit is not None:
        against = f" against {plural(limit, 'slot')}"
        legend.append((f"limit: {limit}", RED))
        plot.add_layout(Span(location=limit, dimension="width", line_color=RED, line_width=1.5, line_dash="dashed"))
    if limit is not None and limit > 3 * max(float(held.max()), float(waiting.max(initial=0))):
        plot.y_range.end = 1.3 * max(float(held.max()), float(waiting.max(initial=0)))
        against += ", far above what is drawn"
    most = (
        "How many were open at once is not known"
        if use.peak_active is None
        else f"At most {use.peak_active} open at once"
    )
    caption = f"{most}{against}. A line stands for the most in each of its steps."
    return replace(chart, caption=caption, plot=plot, legend=tuple(legend))


def _at_once(view: View, begin_s: Floats, end_s: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Steps of how many spans hold at once; where there are too many, the most in each of `_MOST_POINTS` stretches."""
    at = np.concatenate([begin_s, end_s])
    change = np.concatenate([np.ones(begin_s.size), -np.ones(end_s.size)])
    order = np.lexsort((change, at))
    x, level = view.axis.since(at[order]), np.cumsum(change[order])
    last = np.concatenate([x[1:] != x[:-1], [True]])[: x.size]
    x, level = x[last], level[last]
    if x.size > _MOST_POINTS:
        cuts = np.linspace(0, x.size, _MOST_POINTS, endpoint=False).astype(np.intp)
        x, level = x[cuts], np.maximum.reduceat(level, cuts)
    return small(np.concatenate([[0.0], x])), small(np.concatenate([[0.0], level]))
