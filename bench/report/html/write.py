"""Puts the page together: text through a template that escapes everything, charts and Bokeh beside it."""

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
from bokeh.core.types import ID
from bokeh.embed import json_item
from bokeh.resources import Resources
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from bench.ledger import Ledger
from bench.metrics import Summary
from bench.metrics.window import Window
from bench.report import verdict
from bench.report.charts import Axis, Chart, View, endpoint_charts, run_charts
from bench.report.html.opening import opening
from bench.report.html.precision import error_bar
from bench.report.html.sections import figures, measured
from bench.report.results import as_json
from bench.words import moment


def write_html(summary: Summary, ledger: Ledger, ledger_dir: Path, path: Path) -> None:
    """Write report.html whole or not at all; `ledger_dir` is only named in it."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(page(summary, ledger, ledger_dir), encoding="utf-8")
    draft.replace(path)


def page(summary: Summary, ledger: Ledger, ledger_dir: Path) -> str:
    """Render the page.

    Whatever the app under test may have had a say in passes the template's escaping as text, or JSON without a `<`. The
    page's policy lets only the scripts written here run, and lets nothing be fetched.
    """
    scripts = [Resources(mode="inline", components=["bokeh"]).js_raw[0], _file("page.js")]
    axis, window = Axis.of(ledger), Window.measured(ledger)
    views = [View.of(ledger, one, n, axis) for n, one in enumerate(summary.endpoints) if one.viewers]
    drawn = [(f"e{n}", view.endpoint.api_name, endpoint_charts(view)) for n, view in enumerate(views)]
    drawn.append(("run", "", run_charts(ledger, summary)))
    bars = [(f"Were it run again, {view.endpoint.api_name}", error_bar(view, window)) for view in views]
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            opening=opening(summary),
            summary=summary,
            verdict=verdict.sentence(summary),
            checks=verdict.rows(summary),
            findings=[(one, _evidence(one.evidence)) for one in summary.findings],
            endpoints=[figures(view.endpoint) for view in views],
            idle=[one.api_name for one in summary.endpoints if not one.viewers],
            pictures=[
                (group, name, [(chart, _item(group, chart)) for chart in charts]) for group, name, charts in drawn
            ],
            measured=measured(summary, ledger_dir, bars),
            results=_data_link("application/json", orjson.dumps(as_json(summary), option=orjson.OPT_INDENT_2)),
            style=Markup(_file("page.css")),  # noqa: S704 - our own file
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - Bokeh's and our own
            script_hashes=" ".join(f"'sha256-{_digest(script)}'" for script in scripts),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, loader=FunctionLoader(_file), undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["moment"] = moment
    return environment


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _item(group: str, chart: Chart) -> Markup | None:
    """A chart as JSON for the page's script; no `<` in it can end the element that holds it."""
    if chart.plot is None:
        return None
    text = json.dumps(json_item(chart.plot, ID(f"{group}-{chart.key}")), separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - escaped as JSON


def _data_link(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _evidence(evidence: dict[str, Any]) -> list[tuple[str, str]]:
    """Each number beside its name, in the units of results.json."""
    return [(name, _value(value)) for name, value in evidence.items() if value is not None]


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
