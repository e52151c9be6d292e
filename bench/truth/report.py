"""The self-check on the terminal: the error bars of this machine in words and tables, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.ledger import Fate
from bench.truth.bars import BIAS_S, P99_S, Spread, verdict
from bench.truth.measure import Measured
from bench.truth.selfcheck import HALF_A_CORE, Report
from bench.truth.side import Account

SCHEMA = "gradio-bench-selfcheck/1"
_COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow"}
_VERDICTS = {
    "pass": "PASS: the harness's numbers hold on this machine.",
    "fail": "FAIL: the harness's numbers are wrong here.",
    "inconclusive": "INCONCLUSIVE: this machine is too noisy at the moment to tell.",
}
_REASONS_SHOWN = 12
_FATES = [fate.name.lower() for fate in Fate]


def as_json(report: Report) -> dict[str, Any]:
    """Give the report as plain values; seconds in every `_s`."""
    accounts = [{**asdict(account), "differences": account.differences} for account in report.accounts]
    return {"schema": SCHEMA, **asdict(report), "accounts": accounts}


def render(report: Report) -> RenderableType:
    """Lay the report out: fates, error bars by frame rate, marks, and the verdict with its reasons."""
    return Group(*_pages(report))


def _pages(report: Report) -> Iterator[RenderableType]:
    if report.accounts:
        yield Text(
            "\nFates: the harness's counts beside the server's own, and errors of queue waits in ms", style="bold"
        )
        yield _fates(report)
    if report.rungs:
        yield Text("\nErrors in ms: what the harness says less what the server knows", style="bold")
        yield _ladder(report.rungs)
        yield Text(_explanation(), style="dim")
    if report.marks is not None:
        marks = report.marks
        yield Text(f"\nGarbled marks: {marks.total:,} read at the level of cells, in every mirror and polarity: ")
        yield Text(f"{marks.read:,} as themselves, {marks.refused:,} refused, {marks.misread:,} misread.")
    yield Text()
    yield from _verdict(report)


def _fates(report: Report) -> Table:
    table = _table("script", "frames", "streams", "results", "waits", "error p50", "p99", "counts")
    for account in report.accounts:
        wait = report.waits.get(account.name)
        frames = sum(account.true[name] for name in _FATES)
        streams = sum(count for name, count in account.true.items() if name.startswith("streams"))
        waits = [str(wait.count if wait else 0), _ms(wait, "p50_s"), _ms(wait, "p99_s")]
        table.add_row(account.name, str(frames), str(streams), str(account.true["results"]), *waits, _exact(account))
    return table


def _exact(account: Account) -> Text:
    if not account.differences:
        return Text("exact", "green")
    return Text("; ".join(account.differences), "yellow" if account.noise else "red")


def _ladder(rungs: list[Measured]) -> Table:
    table = _table(
        "viewers",
        "frames/s",
        "core",
        "latency bias",
        "p50",
        "p99",
        "serve",
        "wait",
        "send lag",
        "p99",
        "added",
        "idle p99",
        "",
    )
    for rung in rungs:
        status = verdict(rung.bars)
        table.add_row(
            str(rung.viewers),
            f"{rung.frames_per_s:.0f}",
            f"{rung.cores * 100:.0f} %",
            _ms(rung.latency, "mean_s"),
            _ms(rung.latency, "p50_s"),
            _ms(rung.latency, "p99_s"),
            _ms(rung.serve, "median_s"),
            _ms(rung.wait, "median_s"),
            _ms(rung.lag, "p50_s"),
            _ms(rung.lag, "p99_s"),
            _ms(rung.overhead, "median_s"),
            _ms(rung.control.idle, "p99_s"),
            Text({"pass": "holds", "fail": "off", "inconclusive": "noisy"}[status], _COLOURS[status]),
        )
    return table


def _explanation() -> str:
    return (
        f"core: the generator's share of one. latency: bars are {BIAS_S * 1000:g} ms of bias and {P99_S * 1000:g} ms "
        f"at the 99th percentile, up to {HALF_A_CORE * 100:.0f} % of a core. serve, wait: median error of the way in "
        "the server and of the queue wait. send lag: how late frames were sent. added: the median that generator and "
        "loopback add to a latency, which is told and no error. idle: how late a process woke that had nothing to do."
    )


def _verdict(report: Report) -> Iterator[RenderableType]:
    yield Text(_VERDICTS[report.status], f"bold {_COLOURS[report.status]}")
    for reason in report.reasons[:_REASONS_SHOWN]:
        yield Text(f"  {reason}")
    if len(report.reasons) > _REASONS_SHOWN:
        yield Text(f"  … and {len(report.reasons) - _REASONS_SHOWN} more")
    if report.frames_per_s is not None:
        yield Text(
            f"Highest rate at which every bar was met: {report.frames_per_s:.0f} frames a second from one process."
        )


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index in {0, len(columns) - 1} else "right", overflow="fold")
    return table


def _ms(spread: Spread | None, name: str) -> str:
    return "n/a" if spread is None else f"{getattr(spread, name) * 1000:.2f}"
