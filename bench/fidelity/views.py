"""What a study looks like: tables for a terminal, JSON for machines, Markdown for docs/fidelity.md."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.fidelity.comparison import Row, Verdict
from bench.fidelity.figures import Unit
from bench.fidelity.study import Played, Study

_SIGNS = {Verdict.WITHIN: "", Verdict.EXPLAINED: " †", Verdict.BEYOND: " ✗"}


def render(study: Study, console: Console) -> None:
    """Print one table for each page, what the wire confirms, and what it comes to."""
    for page, played in _by_page(study):
        table = Table(title=f"{page}: browser / harness", title_justify="left")
        table.add_column("")
        for one in played:
            table.add_column(_short(one), justify="right")
        for label, cells in _lines(played):
            table.add_row(label, *cells)
        console.print(table)
    for line in conclusions(study):
        console.print(line, soft_wrap=True, highlight=False)


def markdown(study: Study) -> str:
    """Write the tables for docs/fidelity.md."""
    parts = []
    for page, played in _by_page(study):
        parts += [f"### {page}", "", "| browser / harness | " + " | ".join(map(_short, played)) + " |"]
        parts.append("| --- |" + " ---: |" * len(played))
        parts += [f"| {label} | {' | '.join(cells)} |" for label, cells in _lines(played)]
        parts.append("")
    return "\n".join([*parts, *conclusions(study)])


def as_json(study: Study) -> dict[str, Any]:
    """Give the whole study: seconds, bytes and counts."""
    return {
        "schema": "gradio-bench-fidelity/1",
        "browser": study.browser,
        "machine": study.machine,
        "cases": [
            {
                "name": one.case.name,
                "seconds": one.case.seconds,
                "browser_and_harness": [_row(row) for row in one.compared],
                "wire_and_harness": [_row(row) for row in one.confirmed],
                "connections": {
                    "browser": one.pair.browser.wire.connections,
                    "harness": one.pair.harness.wire.connections,
                },
                "headers": {"browser": one.pair.browser.wire.headers, "harness": one.pair.harness.wire.headers},
            }
            for one in study.played
        ],
        "control": [_row(row) for row in study.control],
        "verdict": {0: "pass", 1: "fail", 3: "inconclusive"}[study.exit_code],
    }


def conclusions(study: Study) -> Iterator[str]:
    """Say in sentences what is explained, what is not, and whether the machine was quiet enough."""
    reasons = {row.why for one in study.played for row in one.compared if row.why}
    yield from (f"† {why}" for why in sorted(reasons))
    for case, row in study.beyond:
        allowed = number(row, row.bar)
        yield f"✗ {case.name}: {row.figure.label}: {_cell(row).removesuffix(' ✗')}, where {allowed} is allowed."
    for row in study.noisy:
        yield f"Control: the browser differs from itself in {row.figure.label}: {_cell(row)[:-2]}."
    rows = [row for one in study.played for row in (*one.compared, *one.confirmed)]
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    yield (
        f"{counts[Verdict.WITHIN]} of {len(rows)} rows are within their bars, {counts[Verdict.EXPLAINED]} explained, "
        f"{counts[Verdict.BEYOND]} beyond."
    )
    if study.noisy:
        yield "The machine is too noisy to tell: close other programs and run it again."


def number(row: Row, value: float | None) -> str:
    """Write a value in its figure's unit."""
    if value is None:
        return "–"
    match row.figure.unit:
        case Unit.COUNT:
            return f"{value:.0f}"
        case Unit.MILLISECONDS:
            return f"{value * 1000:.0f}" if value >= 0.02 else f"{value * 1000:.1f}"
        case Unit.BYTES:
            return f"{value:,.0f}"
        case Unit.SECONDS | Unit.SOUND:
            return f"{value:.2f}"


def _lines(played: list[Played]) -> Iterator[tuple[str, list[str]]]:
    """Yield each figure with its cells, one for each case."""
    rows = [{row.figure: row for row in (*one.compared, *one.confirmed)} for one in played]
    figures = dict.fromkeys(figure for each in rows for figure in each)
    for figure in figures:
        unit = "" if figure.unit is Unit.COUNT else f", {figure.unit.value}"
        yield figure.label + unit, [_cell(each[figure]) if figure in each else "" for each in rows]
    connections = [f"{one.pair.browser.wire.connections} / {one.pair.harness.wire.connections}" for one in played]
    yield "connections", connections


def _cell(row: Row) -> str:
    return f"{number(row, row.reference)} / {number(row, row.harness)}{_SIGNS[row.verdict]}"


def _short(played: Played) -> str:
    """A case's name without its page."""
    return played.case.name.partition(", ")[2]


def _by_page(study: Study) -> Iterator[tuple[str, list[Played]]]:
    played = sorted(study.played, key=lambda one: one.case.page)
    for page, group in groupby(played, key=lambda one: one.case.page):
        yield page, list(group)


def _row(row: Row) -> dict[str, Any]:
    return {
        "figure": row.figure.name,
        "reference": row.reference,
        "harness": row.harness,
        "bar": row.bar,
        "verdict": row.verdict.value,
        "why": row.why or None,
    }
