"""Exports: the files for other tools, by the names in which they are asked for."""

from collections.abc import Sequence
from pathlib import Path

from bench.errors import UsageError
from bench.ledger import Ledger
from bench.metrics import Summary
from bench.report import trace
from bench.report.junit import write_junit
from bench.report.markdown import write_markdown
from bench.report.tables import require_parquet, write_csv, write_parquet

FORMATS = {
    "csv": "frames.csv and streams.csv",
    "parquet": "frames.parquet and streams.parquet",
    "junit": "junit.xml",
    "markdown": "summary.md",
    "trace": f"{trace.FILE}, for ui.perfetto.dev",
}
"""What can be asked for, and the files that come of it."""


def read_formats(text: str) -> tuple[str, ...]:
    """Read `csv,junit`; `all` stands for every format.

    Raises UsageError for a name that is none, and for a format whose library is not installed.
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    wanted = tuple(dict.fromkeys(FORMATS if names == ["all"] else names))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is not a format.", f"There are {', '.join(FORMATS)}, and all.")
    if "parquet" in wanted:
        require_parquet()
    return wanted


def write_exports(formats: Sequence[str], ledger: Ledger, summary: Summary, out_dir: Path) -> list[Path]:
    """Write the files of each format into `out_dir`, replacing earlier ones; returns their paths.

    Raises UsageError where a format's library is not installed.
    """
    writers = {
        "csv": lambda: write_csv(ledger, out_dir),
        "parquet": lambda: write_parquet(ledger, out_dir),
        "junit": lambda: [write_junit(summary, out_dir / "junit.xml")],
        "markdown": lambda: [write_markdown(summary, out_dir / "summary.md")],
        "trace": lambda: [trace.write_trace(ledger, out_dir / trace.FILE)],
    }
    return [path for name in formats for path in writers[name]()]
