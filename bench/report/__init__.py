"""One writer per output: terminal, results.json."""

from pathlib import Path

from bench.ledger import Ledger
from bench.metrics import Summary, summarise
from bench.report.results import write_results

__all__ = ["write_reports"]


def write_reports(ledger_dir: Path, out_dir: Path) -> Summary:
    """Summarise the ledger in `ledger_dir`, write every report file into `out_dir`, and return the Summary.

    Reports of an earlier summary are replaced. Raises LedgerError when there is no ledger to read.
    """
    summary = summarise(Ledger.read(ledger_dir))
    out_dir.mkdir(parents=True, exist_ok=True)
    write_results(summary, out_dir / "results.json")
    return summary
