"""Progress of a run on standard error: a small dashboard where there is a terminal, plain lines elsewhere."""

import time
from collections import deque
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bench.plain import plain
from bench.words import UNKNOWN, count, duration, plural, share

PLAIN_EVERY_S = 5.0

FATES = {
    "delivered": "green",
    "unattributed": "cyan",
    "overwritten": "yellow",
    "cut_off": "dark_orange",
    "rejected": "magenta",
    "failed": "red",
    "in_flight": "blue",
    "skipped": "bright_black",
}
"""Fates in the order in which they are drawn, each with its colour."""

_BAR = 24  # columns of the bar of fates
_TREND = 16  # looks that a sparkline covers: eight seconds
_SPARKS = "▁▂▃▄▅▆▇█"
_WIDE = 96  # columns from which there is room for sparklines


class ProgressDisplay:
    """Shows the lines that a run's process sends; `total_s` is warm-up and measured time together."""

    def __init__(self, console: Console, total_s: float, warmup_s: float, starting: str) -> None:
        self._console, self._total_s, self._warmup_s = console, total_s, warmup_s
        self._live = Live(Text(starting), console=console, transient=True) if console.is_terminal else None
        self._trends: dict[str, deque[float]] = {}
        self._printed_s = 0.0
        if self._live is None:
            console.print(starting)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, line: dict[str, Any]) -> None:
        """Show one line of progress; a notice stays on the screen."""
        if line["phase"] == "notice":
            self._console.print(plain(line["text"]), soft_wrap=True, highlight=False, markup=False)
        elif self._live is not None:
            self._live.update(self._dashboard(line) if line["phase"] == "running" else Text(self._words(line)))
        elif line["phase"] not in {"running", "preparing"} or time.monotonic() - self._printed_s >= PLAIN_EVERY_S:
            self._printed_s = time.monotonic()
            self._console.print(Text(self._words(line)), soft_wrap=True)

    # On a terminal --------------------------------------------------------------------------------------------

    def _dashboard(self, line: dict[str, Any]) -> RenderableType:
        elapsed_s = min(line["elapsed_s"], self._total_s)
        bar = ProgressBar(total=self._total_s, completed=elapsed_s, width=_BAR, complete_style="cyan")
        head = Table.grid(padding=(0, 2, 0, 0))
        head.add_row(bar, Text(self._head(line)))
        shown = [one for one in line["endpoints"] if one["fates"] or one["waiting"]]
        return Group(head, self._table(shown)) if shown else head

    def _table(self, endpoints: list[dict[str, Any]]) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        wide = self._console.width >= _WIDE and self._console.encoding.lower().startswith("utf")
        for label in ("", "open", "waiting", *(["frames by fate"] if wide else []), "frames", "delivered"):
            table.add_column(label, justify="left" if label in {"", "frames by fate"} else "right", no_wrap=True)
        for label in (*(["latency"] if wide else []), "p50", "p95", "oldest picture"):
            table.add_column(label, justify="left" if label == "latency" else "right", no_wrap=True)
        for one in endpoints:
            table.add_row(*self._row(one, wide=wide))
        return table

    def _row(self, one: dict[str, Any], *, wide: bool) -> list[RenderableType]:
        captured = sum(one["fates"].values())
        limit = one.get("limit")
        full = "yellow" if limit is not None and one["open"] >= limit else ""
        trend = self._trends.setdefault(one["api_name"], deque(maxlen=_TREND))
        if one["latency_p95_s"] is not None:
            trend.append(one["latency_p95_s"])
        return [
            Text(plain(one["api_name"]), "bold cyan"),
            Text(_of_limit(one), full),
            Text(str(one["waiting"]), "yellow" if one["waiting"] else "dim"),
            *([_bar(one["fates"])] if wide else []),
            count(captured),
            share(one["fates"].get("delivered", 0), captured),
            *([Text(_sparkline(list(trend)), "blue")] if wide else []),
            duration(one["latency_p50_s"]),
            duration(one["latency_p95_s"]),
            duration(one.get("staleness_max_s")),
        ]

    # In words -------------------------------------------------------------------------------------------------

    def _words(self, line: dict[str, Any]) -> str:
        if line["phase"] == "interrupted":
            return "Interrupted: closing the books (Ctrl-C again to give up) ..."
        if line["phase"] == "preparing":
            return plain(line["text"])
        if line["phase"] == "finishing":
            return "Finishing: waiting for the last results ..."
        told = (_endpoint(one) for one in line["endpoints"] if one["fates"] or one["waiting"])
        return "\n".join([self._head(line), *told])

    def _head(self, line: dict[str, Any]) -> str:
        elapsed_s = line["elapsed_s"]
        warming = " (warming up)" if elapsed_s < self._warmup_s else ""
        time_s = f"{min(elapsed_s, self._total_s):3.0f} of {self._total_s:.0f} s{warming}"
        errors = sum(one.get("errors", 0) for one in line["endpoints"])
        failing = f", {plural(errors, 'error')}" if errors else ""
        return f"{time_s}, {plural(line['viewers'], 'viewer')}{failing}"


def _endpoint(one: dict[str, Any]) -> str:
    fates = one["fates"]
    captured = sum(fates.values())
    parts = [f"{_of_limit(one)} open, {one['waiting']} waiting"]
    if captured:
        met = [fate for fate in FATES if fates.get(fate) and fate != "delivered"]
        others = "".join(f", {share(fates[fate], captured)} {fate}" for fate in met)
        parts.append(f"{plural(captured, 'frame')}, {share(fates.get('delivered', 0), captured)} delivered{others}")
    if one["latency_p50_s"] is not None:
        parts.append(f"latency p50 {duration(one['latency_p50_s'])}, p95 {duration(one['latency_p95_s'])}")
    return f"  {plain(one['api_name'])}: " + " · ".join(parts)


def _of_limit(one: dict[str, Any]) -> str:
    return str(one["open"]) if one.get("limit") is None else f"{one['open']} of {one['limit']}"


def _bar(fates: dict[str, int]) -> Text:
    """Draw the fates as shares of one bar; what was met at all is seen, where there is room for it."""
    captured, bar = sum(fates.values()), Text()
    met = [fate for fate in FATES if fates.get(fate)]
    for place, fate in enumerate(met):
        others = len(met) - place - 1
        wanted = max(1, round(_BAR * fates[fate] / captured))
        bar.append("█" * (_BAR - len(bar) if not others else min(wanted, _BAR - len(bar) - others)), FATES[fate])
    return bar or Text(UNKNOWN)


def _sparkline(values: list[float]) -> str:
    """Draw values as blocks, the highest one full."""
    most = max(values, default=0.0)
    steps = len(_SPARKS) - 1
    return "".join(_SPARKS[round(steps * value / most)] if most else _SPARKS[0] for value in values)
