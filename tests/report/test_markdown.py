"""The Markdown summary: what matters of a run, in text that stays text."""

import re
from pathlib import Path

from bench.findings import with_findings
from bench.metrics import summarise
from bench.report.markdown import append_step_summary, as_markdown
from tests.ledgers import Turns, steady
from tests.report.hostile import CONTROL, MARKUP, hostile_run


def _rows(text: str) -> list[list[str]]:
    """Give the cells of each row of its tables; escaped bars are no borders."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.replace("\\|", "¦").strip("|").split("|")] for line in lines]


def test_a_rotation_tells_all_that_matters(tmp_path: Path) -> None:
    """Fates, latency, wait, and active streams against the limit are in its tables."""
    text = as_markdown(summarise(Turns(warmup_s=10.0).write(tmp_path).ledger()))
    rows = {tuple(row) for row in _rows(text)}
    assert (
        "simple", "6", "1.7 of 5.0", "50 ms", "50 ms", "50 ms", "8.02 s", "8.27 s", "8.34 s", "2 of 2",
    ) in rows  # fmt: skip
    assert ("simple", "1,500 frames", "34.7 %", "65.1 %", "0.3 %") in rows
    assert "The generator kept up." in text
    assert "`gradio-bench run --demo`" in text


def test_foreign_text_breaks_no_table_and_stays_text(tmp_path: Path) -> None:
    """Every row has as many cells as its header; no tag, link or control code of the app's is left as one."""
    text = as_markdown(summarise(hostile_run(tmp_path)))
    rows = _rows(text)
    assert {len(row) for row in rows} == {10, 4}
    command = f"`` gradio-bench run `{MARKUP}` ``"
    assert command in text
    raw = re.sub(r"\\.", "", text.replace(command, ""))
    assert not any(markup in raw for markup in ("<script", "script>", "[link", "://evil", "**bold", "@someone"))
    assert not set("\x1b\x07\x9b\u202e") & set(text)
    assert "cleared" in text
    assert "\x1b" in CONTROL


def test_remedies_are_code_to_copy(tmp_path: Path) -> None:
    """What a finding says to change stands as code, with nothing escaped in it."""
    ledger = Turns(viewers=6).write(tmp_path).ledger()
    summary = with_findings(summarise(ledger), ledger)
    text = as_markdown(summary)
    assert "`camera.stream(..., concurrency_limit=3)`" in text
    assert all(f"`{one.remedy}`" in text for one in summary.findings)


def test_the_summary_of_a_job_is_appended(tmp_path: Path) -> None:
    """What an earlier step wrote stays; without the variable, or a file to write, nothing happens."""
    summary = summarise(steady(tmp_path / "ledger").ledger())
    page = tmp_path / "summary.md"
    page.write_text("before\n")
    assert append_step_summary(summary, {"GITHUB_STEP_SUMMARY": str(page)})
    assert page.read_text() == f"before\n{as_markdown(summary)}\n"
    assert not append_step_summary(summary, {})
    assert not append_step_summary(summary, {"GITHUB_STEP_SUMMARY": str(tmp_path)})
