"""The verdict on every output, and the list of what can be asked."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.findings import with_findings
from bench.ledger import Ledger
from bench.metrics import Summary, summarise
from bench.report import judged
from bench.report.html.write import page
from bench.report.listing import listing, render
from bench.report.markdown import as_markdown
from bench.report.results import as_json
from bench.report.terminal import render as render_summary
from bench.report.verdict import rows, sentence
from bench.slo import figures, judge, parse_slo
from tests.ledgers import steady
from tests.report.hostile import MARKUP, hostile_run

ASKED = """
latency_p95 = "< 300 ms"
latency_p50 = "< 10 ms"
queue_wait_p95 = "< 5 s"
errors = 0
"""


@pytest.fixture(name="run")
def a_run(tmp_path: Path) -> Ledger:
    """Two viewers for ten seconds."""
    return steady(tmp_path / "ledger").ledger()


@pytest.fixture(name="summary")
def a_summary(run: Ledger) -> Summary:
    """Its summary, with one check of each kind."""
    return judge(with_findings(summarise(run), run), parse_slo(ASKED), run)


def _terminal(summary: Summary) -> str:
    out = io.StringIO()
    render_summary(summary, Console(file=out, width=100))
    return out.getvalue()


def test_failures_come_first_and_say_why(summary: Summary) -> None:
    """What failed leads, then what nobody can tell; each with its figure and reason, in one line what it comes to."""
    assert [row.status for row in rows(summary)] == ["fail", "inconclusive", "pass", "pass"]
    assert sentence(summary) == "Fail: of 4 checks, 1 failed, 1 cannot be told."
    assert rows(summary)[0].value == "50 ms"


def test_every_output_shows_the_verdict(summary: Summary, run: Ledger, tmp_path: Path) -> None:
    """Terminal, Markdown and HTML show each check's name and the reasons of those that did not pass, above findings."""
    told = {"terminal": _terminal(summary), "markdown": as_markdown(summary), "html": page(summary, run, tmp_path)}
    for name, text in told.items():
        plain = " ".join(text.replace("\\_", "_").replace("&lt;", "<").replace("\\<", "<").split())
        for row in rows(summary):
            assert row.name in plain, name
            assert row.status == "pass" or row.reason.split(":")[0].split(",")[0] in plain, name
    assert told["html"].index('id="verdict"') < told["html"].index('id="findings"')
    assert "<h1>Fail</h1>" in told["html"]
    assert "Nothing was found that explains it." in told["html"]
    assert "All is well" not in told["terminal"]
    assert told["terminal"].index("Fail:") < told["terminal"].index("by fate")


def test_without_objectives_nothing_is_said(run: Ledger, tmp_path: Path) -> None:
    """A run that nothing was asked of has no verdict anywhere."""
    summary = judged(summarise(run), run)
    assert as_json(summary)["verdict"] == {"status": "none", "checks": []}
    assert 'id="verdict"' not in page(summary, run, tmp_path)


def test_names_of_the_app_cannot_break_out_of_the_verdict(tmp_path: Path) -> None:
    """An endpoint that is named like markup stays text on the page."""
    run = hostile_run(tmp_path / "ledger")
    summary = judge(summarise(run), parse_slo("cross_talk = 0\nerrors = 0"), run)
    assert MARKUP not in page(summary, run, tmp_path)


def test_everything_that_can_be_asked_is_listed_with_its_meaning() -> None:
    """Each figure has a unit and a meaning out of the schema, and the table names each distribution once."""
    found = listing()
    assert [one["name"] for one in found] == list(figures())
    assert [one["name"] for one in found if not one["meaning"] or not one["unit"]] == []
    meanings = {one["name"]: one["meaning"] for one in found}
    assert "Tick to result seen" in meanings["latency_p95"]
    assert "another viewer" in meanings["cross_talk"]
    assert json.dumps(found)
    out = io.StringIO()
    render(Console(file=out, width=120))
    assert out.getvalue().count("latency_p95") == 1
    assert "_p99" in out.getvalue()
