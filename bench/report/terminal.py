"""The terminal summary: what a run showed, in words and tables that need no manual."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.filesize import decimal
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bench.metrics import Endpoint, Summary, Usage
from bench.plain import CONTROLS
from bench.report import verdict
from bench.report.overview import overview
from bench.report.particulars import particulars
from bench.report.words import UNKNOWN, count, duration, error_bars, fates, noun, plural, quantiles, setting, share

_WIDEST = 110  # columns: beyond it lines are longer than eyes follow
_ERRORS_SHOWN = 5
_FINDINGS_SHOWN = 3
_SEVERITIES = {
    "severe": ("✗", "bold red"),
    "warning": ("!", "bold yellow"),
    "note": ("·", "dim"),
    "good": ("✓", "bold green"),
}
_CHECKS = {
    "fail": ("✗", "bold red"),
    "inconclusive": ("?", "bold yellow"),
    "pass": ("✓", "bold green"),
}
_ALWAYS_LIVE = 0.98  # of the time: waits this rare do not tell the two stalenesses apart
_COLOURS = {"delivered": "green", "failed": "red", "overwritten": "yellow", "cut_off": "yellow", "rejected": "yellow"}
_HARMLESS = {ord(code): "" for code in CONTROLS if code != "\n"}
_PLAIN = str.maketrans(
    {
        "·": "|",
        "–": "-",
        "−": "-",
        "→": "->",
        "×": "x",
        "±": "+/-",
        "█": "#",
        "…": "...",
        "─": "-",
        "’": "'",
        "≤": "<=",
        "≥": ">=",
        "│": "|",
        "✗": "x",
        "✓": "+",
    }
)


def render(summary: Summary, console: Console) -> None:
    """Print the summary: what was found, each endpoint, then errors, then whether the generator kept up.

    Plain text where the console is no terminal, and ASCII where its encoding has nothing else.
    """
    signs = _HARMLESS if console.encoding.lower().startswith("utf") else _HARMLESS | _PLAIN
    console.print(_Translated(Group(*_pages(summary)), signs), width=min(console.width, _WIDEST))


def places(out: Path) -> str:
    """Say where the files of the run in `out` lie."""
    return f"Report: {out / 'report.html'} · results: {out / 'results.json'} · ledger: {out / 'ledger'}"


def render_verdict(summary: Summary, console: Console, note: str = "") -> None:
    """Print the verdict alone, and a note below it."""
    signs = _HARMLESS if console.encoding.lower().startswith("utf") else _HARMLESS | _PLAIN
    parts = [*_verdict(summary), *([Text(note, style="dim")] if note else [])]
    console.print(_Translated(Group(*parts), signs), width=min(console.width, _WIDEST))


def _pages(summary: Summary) -> Iterator[RenderableType]:
    yield from _head(summary)
    yield from _verdict(summary)
    yield from _findings(summary)
    for endpoint in summary.endpoints:
        if endpoint.viewers:
            yield from _endpoint(endpoint)
    idle = [endpoint.api_name for endpoint in summary.endpoints if not endpoint.viewers]
    if idle:
        yield Text(
            f"Not measured, for no viewer came: {', '.join(idle)}. More viewers reach them, or --endpoint.", style="dim"
        )
        yield Text()
    yield from _errors(summary)
    yield from _generator(summary)
    if summary.app.usage is not None:
        yield _usage(summary.app.usage)


def _head(summary: Summary) -> Iterator[RenderableType]:
    run, app = summary.run, summary.app
    viewers = sum(endpoint.viewers for endpoint in summary.endpoints)
    warmup = f" after {setting(run.warmup_s)} of warm-up" if run.warmup_s else ""
    yield Text()
    yield Text.assemble(
        ("gradio-bench", "bold"),
        f" · {plural(viewers, 'viewer')} · measured {duration(run.measured_s)}{warmup}"
        f" · Gradio {app.gradio_version or UNKNOWN}",
    )
    yield Text()


def _verdict(summary: Summary) -> Iterator[RenderableType]:
    """Show the gate's verdict, where one was asked for: each check with its figure, and why where it did not pass."""
    if not summary.verdict.checks:
        return
    yield Text(verdict.sentence(summary), style=_CHECKS.get(summary.verdict.status, ("", ""))[1])
    table = Table.grid(padding=(0, 1))
    for row in verdict.rows(summary):
        table.add_row(Text(*_CHECKS[row.status]), Text.assemble(row.name, " · ", (row.value, "bold")))
        if row.status != "pass":
            table.add_row("", Text(row.reason, style="dim"))
    yield _indented(table)
    yield Text()


def _findings(summary: Summary) -> Iterator[RenderableType]:
    """Show the first few, each with its remedy; what the generator's health is, is said at the end."""
    told = [one for one in summary.findings if one.id != "generator_unhealthy"]
    table = Table.grid(padding=(0, 1))
    for one in told[:_FINDINGS_SHOWN]:
        table.add_row(Text(*_SEVERITIES.get(one.severity, ("·", ""))), Text(one.text))
        if one.remedy:
            table.add_row("", Text(one.remedy, style="cyan"))
    yield table
    if len(told) > _FINDINGS_SHOWN:
        more = plural(len(told) - _FINDINGS_SHOWN, "more finding")
        yield _indented(Text(f"… and {more}, in report.html", style="dim"))
    if told:
        yield Text()


def _endpoint(endpoint: Endpoint) -> Iterator[RenderableType]:
    every_s = endpoint.settings.stream_every_s
    pace = f"{endpoint.kind} every {setting(every_s)}" if every_s else endpoint.kind
    title = Text.assemble((endpoint.api_name, "bold cyan"), f" · {pace} · {plural(endpoint.viewers, 'viewer')}")
    yield Rule(title, align="left", style="cyan")
    yield Text(overview(endpoint))
    yield Text()
    yield from _fates(endpoint)
    yield Text()
    yield _times(endpoint)
    yield Text()
    yield _grid(particulars(endpoint))
    yield Text()


def _fates(endpoint: Endpoint) -> Iterator[RenderableType]:
    frames, books, shown = endpoint.frames, endpoint.books, endpoint.shown
    closed = ("books closed", "green") if books.closed else ("BOOKS NOT CLOSED", "bold red")
    title = f"{noun(endpoint).capitalize()}s by fate"
    yield Text.assemble((title, "bold"), f" · {count(frames.captured)} captured · ", closed)
    table = _table(headed=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for fate, gloss in fates(endpoint).items():
        number = getattr(frames, fate)
        if number:
            seen = f"; {count(shown)} of them shown" if fate == "delivered" and shown is not None else ""
            table.add_row(
                Text(fate, _COLOURS.get(fate, "")), count(number), share(number, frames.captured), gloss + seen
            )
    if books.unaccounted:
        table.add_row("unaccounted", count(books.unaccounted), "", "without a fate, or with two", style="red")
    yield _indented(table)
    none = [fate for fate in fates(endpoint) if not getattr(frames, fate)]
    yield _indented(Text(f"none {', '.join(none)}" if none else "", style="dim"))


def _times(endpoint: Endpoint) -> RenderableType:
    table = _table()
    table.add_column("Times", no_wrap=True)
    for quantile in ("p50", "p95", "p99", "max"):
        table.add_column(quantile, justify="right", no_wrap=True)
    table.add_column(style="dim")
    parts, seen = endpoint.parts_s, "here" if endpoint.shown is None else "on screen"
    due, on = ("due", "camera on") if endpoint.sound is None else ("recorded", "first chunk")
    table.add_row("latency", *quantiles(endpoint.latency_s), f"{noun(endpoint)} {due} → result {seen}", style="bold")
    if endpoint.latency_lower_s:
        table.add_row("  at least", *quantiles(endpoint.latency_lower_s), "results carry no mark: a range")
    table.add_row("  send", *quantiles(parts.send), f"{due} → sent")
    table.add_row("  serve", *quantiles(parts.serve), "sent → result announced")
    if parts.fetch:
        table.add_row("  fetch", *quantiles(parts.fetch), "announced → file here")
    if endpoint.staleness_s:
        table.add_row("staleness", *quantiles(endpoint.staleness_s), "age of the picture on screen")
    if endpoint.staleness_open_s and (endpoint.rotation.duty_cycle or 1) < _ALWAYS_LIVE:
        table.add_row("  in a turn", *quantiles(endpoint.staleness_open_s), "the same, waits left out")
    table.add_row("first result", *quantiles(endpoint.first_frame_s), f"{on} → first result")
    table.add_row("queue wait", *quantiles(endpoint.queue_wait_s), "joining → the turn begins")
    if endpoint.rotation.granted_s:
        table.add_row("turn", *quantiles(endpoint.rotation.granted_s), "how long a turn lasted")
    return table


def _errors(summary: Summary) -> Iterator[RenderableType]:
    if not summary.errors:
        return
    yield Text.assemble(("Errors", "bold red"), f" · {count(sum(error.count for error in summary.errors))}")
    table = _table(headed=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for error in summary.errors[:_ERRORS_SHOWN]:
        place = f"{error.endpoint}, {error.where}" if error.endpoint else error.where
        table.add_row(f"{count(error.count)} ×", Text(f"{place}: {error.what}"))
    yield _indented(table)
    if len(summary.errors) > _ERRORS_SHOWN:
        yield _indented(Text(f"… and {len(summary.errors) - _ERRORS_SHOWN} other kinds, in results.json", style="dim"))
    yield Text()


def _generator(summary: Summary) -> Iterator[RenderableType]:
    generator = summary.generator
    if not generator.healthy:
        yield Text("Take these figures with care, and do not blame the app for them:", style="bold red")
        yield from (_indented(Text(f"· {reason}")) for reason in generator.reasons)
        return
    lag, facts = generator.send_lag_s, []
    if lag is not None:
        what = " and ".join(dict.fromkeys(f"{noun(each)}s" for each in summary.endpoints if each.viewers))
        facts.append(f"99 of 100 {what} were sent within {duration(lag.p99)} of being due")
    if generator.busiest_core is not None:
        busiest = "its busiest process" if generator.processes > 1 else "it"
        facts.append(f"{busiest} used {share(generator.busiest_core, 1)} of a core")
    words = ": " + ", and ".join(facts) if facts else ""
    yield Text.assemble(("The generator kept up", "green"), f"{words}.")
    if bars := error_bars(generator.error_bars):
        yield Text(f"Error bars: {bars}.", style="dim")


def _usage(usage: Usage) -> Text:
    facts = []
    if usage.cores is not None:
        each = f" ({duration(usage.cpu_s_per_result)} of CPU a result)" if usage.cpu_s_per_result is not None else ""
        facts.append(f"used {usage.cores:.2f} cores{each}")
    if usage.rss_bytes is not None:
        threads = f" and {plural(usage.threads, 'thread')}" if usage.threads is not None else ""
        facts.append(f"needed {decimal(usage.rss_bytes)} of memory{threads}")
    if usage.disk_bytes_per_result is not None and usage.disk_bytes_per_result >= 0:
        facts.append(f"left {decimal(round(usage.disk_bytes_per_result))} on disk for each result")
    return Text(f"The app {', '.join(facts)}." if facts else "")


def _grid(pairs: list[tuple[str, str]]) -> RenderableType:
    table = _table(headed=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for label, text in pairs:
        table.add_row(label, Text(text))
    return table


def _table(*, headed: bool = True) -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", show_header=headed)


def _indented(body: RenderableType) -> Padding:
    return Padding(body, (0, 0, 0, 2))


class _Translated:
    """A renderable in other signs: without control codes of the app's, and in such as the console has."""

    def __init__(self, body: RenderableType, signs: dict[int, str]) -> None:
        self._body, self._signs = body, signs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._body, options):
            yield Segment(segment.text.translate(self._signs), segment.style, segment.control)
