"""A comparison on a terminal, as JSON, and as Markdown for the page of a CI job."""

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.compare.comparison import FAIL, PASS, Comparison, Row, span
from bench.plain import plain
from bench.report.escape import code
from bench.report.escape import markdown as escaped
from bench.report.markdown import VERDICTS
from bench.words import UNKNOWN, duration, plural

SCHEMA = "gradio-bench-compare/1"
HEADS = ("", "figure", "BASE", "HEAD", "change", "between", "allowed", "")
_COLOURS = {PASS: "green", FAIL: "red"}


def render(found: Comparison, console: Console, *, base: str, head: str) -> None:
    """Print a table for each endpoint, the noise floor, and the verdict last."""
    sides = f"BASE {base} · HEAD {head} · {100 * found.plan.effect:g} % slower is allowed"
    console.print(plain(sides), highlight=False, markup=False)
    for api_name in dict.fromkeys(row.api_name for row in found.rows):
        console.print(_table([row for row in found.rows if row.api_name == api_name], plain(api_name)))
    counts = (f"{count.what}: BASE {count.base}, HEAD {count.head}" for count in found.counts)
    for line in (*notes(found), *counts):
        console.print(plain(line), highlight=False, soft_wrap=True, markup=False)
    console.print(Text(found.status.upper(), f"bold {_COLOURS.get(found.status, 'yellow')}"))
    for reason in found.reasons:
        console.print(f"  {plain(reason)}", highlight=False, soft_wrap=True, markup=False)


def _table(rows: Sequence[Row], title: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in (title, *HEADS[2:6], ""):
        table.add_column(Text(name), justify="left" if name == title else "right", no_wrap=True)
    for row in rows:
        _, *shown, _, status = cells_of(row)
        table.add_row(*shown, Text(status, _COLOURS.get(row.status, "yellow")))
    return table


def cells_of(row: Row) -> tuple[str, ...]:
    """Show one row."""
    show = duration if row.ratio else _hundredths
    change = UNKNOWN if row.change is None else _signed(row.change.middle, ratio=row.ratio)
    between = UNKNOWN
    if row.change is not None and isfinite(row.change.low):
        between = span(row.change) if row.ratio else f"{100 * row.change.low:.1f} to {100 * row.change.high:.1f} points"
    status = {PASS: "fine", FAIL: "too much" if row.ratio else "more lost"}.get(row.status, "cannot tell")
    limit = f"{100 * row.limit:g} %" if row.ratio else "none more"
    return (row.api_name, row.label, show(row.base), show(row.head), change, between, limit, status)


def notes(found: Comparison) -> list[str]:
    """Say how sure it is, and what the machine allows."""
    lines = [
        f"{plural(found.pairs, 'pair')} of blocks"
        + (f", {found.dropped} left out: the load generator could not keep up" if found.dropped else "")
        + ". The true change lies between the two ends; all of them together fail wrongly in 1 of 100 at most."
    ]
    noise = found.noise
    if noise is not None:
        lines.append(
            f"Noise: BASE differed from itself by {100 * noise.change.middle:+.1f} % over "
            f"{plural(noise.pairs, 'pair')}; the most pairs can tell {100 * noise.floor:.1f} % from nothing here."
        )
        if max(noise.floor, noise.off) > found.plan.effect:
            lines.append(
                f"That is more than the {100 * found.plan.effect:g} % allowed: this may well end inconclusive."
            )
    return lines


def as_json(found: Comparison, *, base: str, head: str) -> dict[str, Any]:
    """Everything found, as it goes into comparison.json: seconds, and changes as shares (0.02 is 2 %)."""
    noise = found.noise
    return {
        "schema": SCHEMA,
        "base": base,
        "head": head,
        "status": found.status,
        "reasons": list(found.reasons),
        "pairs": found.pairs,
        "pairs_left_out": found.dropped,
        "min_effect": found.plan.effect,
        "most_pairs": found.plan.most_pairs,
        "noise": None if noise is None else {**_interval(noise.change), "floor": noise.floor, "pairs": noise.pairs},
        "rows": [_row(row) for row in found.rows],
        "counts": [{**asdict(count), "fails": count.fails} for count in found.counts],
    }


def as_markdown(found: Comparison, *, base: str, head: str) -> str:
    """Tell it to people who look at a CI job."""
    lines = [f"## gradio-bench compare: {VERDICTS[found.status]}", ""]
    lines += [f"- {escaped(reason)}" for reason in found.reasons]
    lines += ["", f"BASE {code(base)}, HEAD {code(head)}", ""]
    lines += ["| " + " | ".join(("endpoint", *HEADS[1:])) + " |", "| --- | --- |" + " ---: |" * (len(HEADS) - 2)]
    lines += ["| " + " | ".join(map(escaped, cells_of(row))) + " |" for row in found.rows]
    lines += ["", *(escaped(note) for note in notes(found))]
    return "\n".join(lines) + "\n"


def _row(row: Row) -> dict[str, Any]:
    whole = asdict(row)
    name = "s" if row.ratio else "share"
    return {
        "endpoint": row.api_name,
        "figure": row.figure,
        f"base_{name}": row.base,
        f"head_{name}": row.head,
        "change": None if row.change is None else _interval(row.change),
        **{key: whole[key] for key in ("limit", "pairs", "decisive", "status")},
    }


def _interval(change: Any) -> dict[str, float | None]:
    """JSON has no infinity: an end that is not known is null."""
    return {name: end if isfinite(end) else None for name, end in asdict(change).items()}


def _hundredths(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.1f} %"


def _signed(change: float, *, ratio: bool) -> str:
    return f"{100 * change:+.1f} {'%' if ratio else 'points'}"
