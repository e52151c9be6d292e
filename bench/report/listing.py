"""Every figure that objectives can name: its name, its unit, and what it is, as the schema says it."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.report.results import schema
from bench.slo import Figure, figures
from bench.slo.figures import STATISTICS

_OWN = {
    "delivered_of_sent": "Of the frames sent: those skipped while the viewer waited for a turn are left out.",
    "errors": "Errors of the whole run, warm-up included.",
}
_TELLING = 30  # signs: what is shorter (`How many.`) says it of the group that it stands in
_UNITS = {
    "seconds": "ms, s, m, h",
    "share": "%",
    "count": "a number",
    "bytes": "kB, MB, GB",
    "number": "a number",
}
_PARTS = {"endpoint": ("$defs", "endpoint"), "generator": ("properties", "generator"), "app": ("properties", "app")}


def listing() -> list[dict[str, str]]:
    """One entry for each figure: `name`, `unit`, `meaning`."""
    return [{"name": one.name, "unit": _unit(one), "meaning": meaning(one)} for one in figures().values()]


def meaning(figure: Figure) -> str:
    """What a figure is, from the schema of results.json."""
    if figure.name in _OWN:
        return _OWN[figure.name]
    first, second = _PARTS[figure.part]
    node: dict[str, Any] = schema()[first][second]
    said: list[str] = []
    for key in figure.base:
        inside = _inside(node)
        said.append(inside.get("description", ""))
        node = inside["properties"][key]
    own = str(node.get("description", ""))
    return own if len(own) >= _TELLING else f"{said[-1]} {own}".strip()


def _inside(node: dict[str, Any]) -> dict[str, Any]:
    """The kind of object that a node is where it is not null."""
    known: dict[str, Any] = next((each for each in node.get("anyOf", []) if each.get("type") != "null"), node)
    if "$ref" in known:
        found: dict[str, Any] = schema()["$defs"][known["$ref"].rpartition("/")[2]]
        return found
    return known


def _unit(figure: Figure) -> str:
    return f"{_UNITS[figure.unit]}, or frames" if figure.fate and figure.unit == "share" else _UNITS[figure.unit]


def render(console: Console) -> None:
    """Print them: a distribution's figures on one line."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in ("figure", "unit", "what"):
        table.add_column(column, no_wrap=column != "what")
    for figure in figures().values():
        if figure.statistic in {"", "mean"}:
            name = f"{figure.name.removesuffix('_mean')}_p95 *" if figure.statistic else figure.name
            table.add_row(Text(name, "cyan"), _unit(figure), meaning(figure))
    console.print(table)
    console.print(f"\n* and with each of {', '.join(f'_{one}' for one in STATISTICS)} instead of _p95.")
