"""One writer per output: terminal, results.json, report.html, and the exports for other tools."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from bench.errors import UsageError
from bench.findings import with_findings
from bench.ledger import Ledger
from bench.metrics import Summary, summarise
from bench.report.exports import write_exports
from bench.report.html import write_html
from bench.report.results import write_results
from bench.slo import judge, parse_slo

__all__ = ["judged", "whole_summary", "write_reports"]


def write_reports(ledger_dir: Path, out_dir: Path, exports: Sequence[str] = ()) -> Summary:
    """Write every report file of the ledger in `ledger_dir` into `out_dir`, and return the Summary with its findings.

    It holds the verdict on the objectives that the run was started with. `exports` are formats as
    `bench.report.exports.read_formats` gives them. Reports of an earlier summary are replaced. Raises LedgerError when
    there is no ledger to read, UsageError when a file cannot be written.
    """
    ledger = Ledger.read(ledger_dir)
    summary = whole_summary(ledger)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        write_results(summary, out_dir / "results.json")
        write_html(summary, ledger, ledger_dir, out_dir / "report.html")
        write_exports(exports, ledger, summary, out_dir)
    except OSError as error:
        remedy = f"The ledger is whole: make room, then gradio-bench report {shlex.quote(str(out_dir))}."
        raise UsageError(f"The reports cannot be written to {out_dir}: {error.strerror}.", remedy) from None
    return summary


def whole_summary(ledger: Ledger) -> Summary:
    """The Summary of a ledger, with its findings and its verdict."""
    return judged(with_findings(summarise(ledger), ledger), ledger)


def judged(summary: Summary, ledger: Ledger) -> Summary:
    """The Summary with its verdict, where the run was started with objectives: the ledger keeps their text."""
    asked = next((text for meta in ledger.metas if (text := meta.get("run", {}).get("slo"))), None)
    return judge(summary, parse_slo(asked), ledger) if asked else summary
