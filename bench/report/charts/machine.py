"""Charts of what the app and the load generator used: CPU, memory, disk."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from bench.ledger import Ledger
from bench.metrics import Summary
from bench.metrics.distribution import Floats
from bench.metrics.samples import Samples, samples
from bench.report.charts.chart import AMBER, BLUE, VIOLET, Chart, hover, over_time, small
from bench.report.charts.view import Axis

_POINTS = 240
_MB = 1e6
_NOT_OURS = "The harness did not start the app, so what it used is not known."


def cpu_over_time(ledger: Ledger, summary: Summary, axis: Axis) -> Chart:
    """Cores used by the app and by all processes of the generator together."""
    chart = Chart(key="cpu", title="CPU")
    app, generator = samples(ledger, "app", axis.window), samples(ledger, "generator", axis.window)
    plot, drawn = over_time(axis.length_s, axis.warmup_s, "cores"), False
    for taken, colour in ((app, BLUE), (generator, VIOLET)):
        x, used = _cores(axis, taken)
        if x.size:
            line = plot.line("x", "y", source={"x": small(x), "y": small(used)}, color=colour, width=2)
            hover(plot, line, ("second", "@x{0.0}"), ("cores", "@y{0.00}"))
            drawn = True
    if not drawn:
        return replace(chart, caption="The run was too short to see what was used.")
    cpus = summary.run.host.get("cpus")
    machine = f" The generator's machine has {cpus}." if cpus else ""
    caption = f"{'' if app else _NOT_OURS + ' '}Cores in use, averaged over about a second.{machine}"
    return replace(chart, caption=caption, plot=plot, legend=(("the app", BLUE), ("the load generator", VIOLET)))


def _cores(axis: Axis, taken: Samples) -> tuple[Floats, Floats]:
    """Cores in use at instants, summed over processes: from each one's CPU seconds so far."""
    series = _by_process(taken, "cpu_s")
    steps = int(np.clip(axis.length_s, 2, _POINTS))
    edges = np.linspace(0.0, axis.length_s, steps + 1)
    used, known = np.zeros(steps), np.zeros(steps, np.bool_)
    for at_s, total in series:
        if at_s.size > 1:
            inside = (edges[1:] > axis.since(at_s[:1])) & (edges[:-1] < axis.since(at_s[-1:]))
            spent = np.diff(np.interp(edges, axis.since(at_s), np.maximum.accumulate(total)))
            seen_s = np.diff(np.clip(edges, axis.since(at_s[0]), axis.since(at_s[-1])))
            used[inside] += spent[inside] / np.maximum(seen_s[inside], 1e-3)
            known |= inside
    return ((edges[1:] + edges[:-1]) / 2)[known], used[known]


def memory_over_time(ledger: Ledger, axis: Axis) -> Chart:
    """Resident memory of the app and of the generator, and what the app's files take on disk."""
    chart = Chart(key="memory", title="Memory, and files on disk")
    app, generator = samples(ledger, "app", axis.window), samples(ledger, "generator", axis.window)
    plot, drawn = over_time(axis.length_s, axis.warmup_s, "MB"), []
    kinds = ((app, "rss_bytes", BLUE, "the app"), (generator, "rss_bytes", VIOLET, "the load generator"))
    for taken, what, colour, label in (*kinds, (app, "disk_bytes", AMBER, "the app's files")):
        for at_s, held in _by_process(taken, what):
            pick = np.unique(np.linspace(0, at_s.size - 1, _POINTS).astype(np.intp))
            data = {"x": small(axis.since(at_s[pick])), "y": small(held[pick] / _MB)}
            line = plot.line("x", "y", source=data, color=colour, width=2)
            hover(plot, line, ("second", "@x{0.0}"), (label, "@y{0.0} MB"))
            drawn.append((label, colour))
    if not drawn:
        return replace(chart, caption="The run was too short to see what was used.")
    caption = "Resident memory, one line for each process." + ("" if app else f" {_NOT_OURS}")
    return replace(chart, caption=caption, plot=plot, legend=tuple(dict.fromkeys(drawn)))


def _by_process(taken: Samples, what: str) -> list[tuple[Floats, Floats]]:
    """Each process's instants and values."""
    series: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for note in taken:
        if note.get(what) is not None:
            series[str(note.get("process"))].append((note["at_s"], note[what]))
    tables = [np.array(values, np.float64) for values in series.values()]
    return [(table[:, 0], table[:, 1]) for table in tables]
