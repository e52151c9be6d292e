"""Charts of latency: over time, as a distribution with a log tail, and by its parts."""

from dataclasses import replace

import numpy as np
from bokeh.models import FixedTicker
from numpy.typing import NDArray

from bench.ledger import Outcome
from bench.metrics.distribution import Floats
from bench.metrics.rows import Index
from bench.report.charts.chart import AMBER, BLUE, ORANGE, RED, TEAL, VIOLET, Chart, blank, hover, over_time, small
from bench.report.charts.view import View, binned, middles
from bench.words import duration, plural, share

_QUANTILES = (0.5, 0.9, 0.99)
_LEAST_PER_BIN, _LEAST_BINS = 5, 12
_POINTS = 160
_GROUPS = (("fastest half", 0.0, 0.5), ("next 40 %", 0.5, 0.9), ("next 9 %", 0.9, 0.99), ("slowest 1 %", 0.99, 1.0))
_BOUNDED = " Results carry no mark, so this is the most that latency can have been."


def latency_over_time(view: View) -> Chart:
    """Percentile bands of latency, with marks where turns ended and where streams failed."""
    chart = Chart(key="latency", title="Latency over time", wide=True)
    tick_s, latency_s = view.latency_s(view.delivered())
    if not latency_s.size:
        return replace(chart, caption="No result came back, so there is no latency to draw.")
    bins = max(latency_s.size // _LEAST_PER_BIN, min(latency_s.size, _LEAST_BINS))
    edges = view.axis.edges(view.axis.length_s / bins)
    middle, quantiles, most = _bands(edges, tick_s, latency_s * 1000)
    plot = over_time(view.axis.length_s, view.axis.warmup_s, "ms")
    data = {"x": small(middle), "zero": small(np.zeros(middle.size)), "max": small(most)}
    data |= {f"p{round(100 * q)}": small(values) for q, values in zip(_QUANTILES, quantiles, strict=True)}
    from_source = plot.line("x", "p50", source=data, color=BLUE, width=2)
    source = from_source.data_source
    plot.varea("x", "p50", "p90", source=source, color=BLUE, alpha=0.35)
    plot.varea("x", "p90", "p99", source=source, color=BLUE, alpha=0.15)
    plot.scatter("x", "max", source=source, color=BLUE, size=3, alpha=0.6)
    hover(
        plot,
        from_source,
        ("second", "@x{0.0}"),
        *((f"p{q}", f"@p{q}{{0}} ms") for q in (50, 90, 99)),
        ("max", "@max{0} ms"),
    )
    rotated, failed = _ends(view)
    marks = (("turn ended", ORANGE, rotated), ("failed", RED, failed))
    foot = 0.03 * float(most.max())  # on the axis itself marks would be cut in half
    plot.scatter(small(rotated), foot, marker="triangle", color=ORANGE, size=8)
    plot.scatter(small(failed), foot, marker="x", color=RED, size=9, line_width=2)
    d = view.endpoint.latency_s
    told = f"Half of all results came within {duration(d.p50)}, 99 of 100 within {duration(d.p99)}." if d else ""
    ends = f" {plural(rotated.size, 'turn')} ended by the app." if rotated.size else ""
    ends += f" {plural(failed.size, 'stream')} failed." if failed.size else ""
    bounded = _BOUNDED if view.rows.bounded else ""
    legend = [("median", BLUE), ("up to p90, and paler to p99; dots: the slowest", f"{BLUE}70")]
    legend += [(label, colour) for label, colour, when in marks if when.size]
    return replace(chart, caption=f"{told}{ends}{bounded}", plot=plot, legend=tuple(legend))


def _bands(edges: Floats, tick_s: Floats, values: Floats) -> tuple[Floats, Floats, Floats]:
    """Middles of the bins that hold anything, their quantiles, shape (3, bins), and their maxima."""
    order = np.lexsort((values, binned(edges, tick_s)))
    place, values = binned(edges, tick_s)[order], values[order]
    held, first, count = np.unique(place, return_index=True, return_counts=True)
    ranks = [np.ceil(q * count).astype(np.intp) - 1 for q in _QUANTILES]
    quantiles = np.array([values[first + np.maximum(rank, 0)] for rank in ranks])
    return middles(edges)[held], quantiles, values[first + count - 1]


def _ends(view: View) -> tuple[Floats, Floats]:
    """When turns were ended by the app, and when streams failed or broke."""
    streams = view.rows.streams
    ended_s = view.axis.since(streams["ended_s"])
    completed = streams["outcome"] == Outcome.COMPLETED
    wrong = np.isin(streams["outcome"], (Outcome.FAILED, Outcome.BROKEN, Outcome.REJECTED))
    known = ~np.isnan(ended_s) & (ended_s <= view.axis.length_s)
    return ended_s[completed & known], ended_s[wrong & known]


def latency_distribution(view: View) -> Chart:
    """The HDR percentile plot: each further nine of certainty takes as much room as the one before."""
    chart = Chart(key="distribution", title="Latency, all the way into the tail")
    index = view.delivered()
    _, latency_s = view.latency_s(index)
    if not latency_s.size:
        return replace(chart, caption="No result came back, so there is nothing to distribute.")
    raw_s = view.rows.seen_s(index) - view.rows.frames["sending_s"][view.rows.source(index, "earliest")]
    plot = blank("of all results came within", "ms", x_axis_type="log")
    x, y = _percentiles(latency_s * 1000)
    line = plot.line(
        "x", "y", source={"x": x, "y": y, "p": small(100 * (1 - 1 / x.astype(float)))}, color=BLUE, width=2
    )
    hover(plot, line, ("results", "@p{0.[000]} %"), ("within", "@y{0} ms"))
    raw_x, raw_y = _percentiles(raw_s[~np.isnan(raw_s)] * 1000)
    plot.line(raw_x, raw_y, color=VIOLET, width=1.5, line_dash="dashed")
    labels = {1: "0 %", 2: "50 %", 10: "90 %", 100: "99 %", 1000: "99.9 %", 10_000: "99.99 %", 100_000: "99.999 %"}
    ticks = [tick for tick in labels if tick <= 2 * latency_s.size]
    plot.xaxis.ticker = FixedTicker(ticks=ticks)
    plot.xaxis.major_label_overrides = {tick: labels[tick] for tick in ticks}
    results = plural(latency_s.size, "result")
    few = "" if latency_s.size >= 100 else f" With {results} the tail is little more than the slowest of them."
    told = f"Over {results}, warm-up included. Where the lines part, the load generator was late itself.{few}"
    legend = (("from the instant a frame was due", BLUE), ("from the instant sending began", VIOLET))
    return replace(chart, caption=told, plot=plot, legend=legend)


def _percentiles(values: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """1 / (1 − p) and the value that a share of p is at or below, from p = 0 to all but the last."""
    if not values.size:
        return small(np.empty(0)), small(np.empty(0))
    ordered = np.sort(values)
    x = np.unique(np.concatenate([np.geomspace(1, values.size, _POINTS), [2, 10, 100]]))
    x = x[x <= values.size]
    rank = np.ceil((1 - 1 / x) * values.size - 1e-9).astype(np.intp) - 1
    return small(x), small(ordered[np.clip(rank, 0, values.size - 1)])


def latency_by_part(view: View) -> Chart:
    """Mean parts of latency, of fast results and of slow ones: what makes the slow ones slow."""
    chart = Chart(key="parts", title="Where the time goes")
    index = view.delivered()
    parts = _parts(view, index)
    known = ~np.isnan(np.sum(list(parts.values()), axis=0))
    if not known.any():
        return replace(chart, caption="No result came back, so there are no parts to tell apart.")
    parts = {name: values[known] for name, values in parts.items()}
    order = np.argsort(sum(parts.values()))
    rows = []
    for name, low, high in _GROUPS:
        those = order[int(low * order.size) : int(np.ceil(high * order.size))]
        if those.size:
            rows.append((name, [float(values[those].mean()) for values in parts.values()]))
    names = [name for name, _ in rows]
    plot = blank("ms (mean)", "", y_range=names[::-1], height=60 + 40 * len(names))
    plot.x_range.start = 0
    data = {"group": names} | {part: [means[n] for _, means in rows] for n, part in enumerate(parts)}
    colours = (AMBER, BLUE, TEAL)[: len(parts)]
    bars = plot.hbar_stack(list(parts), y="group", height=0.7, color=colours, source=data)
    for bar in bars:
        hover(plot, bar, ("part", "$name"), ("mean", "@$name{0.0} ms"), mode="mouse")
    shares = ", ".join(
        f"{part} {share(values.sum(), sum(v.sum() for v in parts.values()))}" for part, values in parts.items()
    )
    glosses = {
        "send": "send: due → sent",
        "serve": "serve: the app, and its queues",
        "fetch": "fetch: the result's file",
    }
    return replace(
        chart,
        caption=f"Of all the time from due to shown: {shares}. The groups are results by their own latency.",
        plot=plot,
        legend=tuple((glosses[part], colour) for part, colour in zip(parts, colours, strict=True)),
    )


def _parts(view: View, index: Index) -> dict[str, Floats]:
    """Milliseconds of each part, frame by frame."""
    frames, source = view.rows.frames, view.rows.source(index, "earliest")
    tick_s, sent_s, result_s = frames["tick_s"][source], frames["sent_s"][source], frames["result_s"][index]
    parts = {"send": (sent_s - tick_s) * 1000, "serve": (result_s - sent_s) * 1000}
    if view.rows.files:
        parts["fetch"] = (view.rows.seen_s(index) - result_s) * 1000
    return parts
