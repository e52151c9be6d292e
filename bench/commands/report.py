"""The command `gradio-bench report`: a run's reports, made again from its ledger."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.commands.options import Export, Json
from bench.units import option

EPILOG = (
    "Examples:\n\n"
    "`gradio-bench report gradio-bench-results/20260101-120000`\n\n"
    "`gradio-bench report gradio-bench-results/20260101-120000 --export csv,trace` · and files for other tools"
)


def report(
    folder: Annotated[Path, typer.Argument(metavar="LEDGER_DIR", help="A run's folder, or the ledger folder in it.")],
    export: Export = "",
    as_json: Json = False,
) -> None:
    """Rebuild a run's reports from its ledger, also of a run that was killed."""
    from bench.report import terminal, write_reports  # noqa: PLC0415
    from bench.report.exports import read_formats  # noqa: PLC0415

    formats = option("--export", read_formats, export)
    ledger = folder / "ledger" if (folder / "ledger").is_dir() else folder
    summary = write_reports(ledger, ledger.parent, formats)
    if as_json:
        sys.stdout.write((ledger.parent / "results.json").read_text())
    else:
        console = Console()
        terminal.render(summary, console)
        console.print(terminal.places(ledger.parent), soft_wrap=True, highlight=False, markup=False)
