"""The command `gradio-bench gate`: a verdict on a run that is over."""

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.commands.options import Export, Json
from bench.errors import UsageError
from bench.units import option, share

EPILOG = (
    "Examples:\n\n"
    "`gradio-bench gate gradio-bench-results/20260101-120000 --slo slo.toml`\n\n"
    "`gradio-bench gate results.json --slo slo.toml` · counts and clear cases need no ledger\n\n"
    "`gradio-bench gate gradio-bench-results/20260101-120000 --baseline main.json` · against an earlier run\n\n"
    "`gradio-bench gate --list` · everything that can be asked about\n\n"
    "Exit codes: 0 pass · 1 fail · 2 wrong usage · 3 nobody can tell."
)

Results = Annotated[
    Path | None, typer.Argument(metavar="RESULTS", help="A run's folder, or its results.json.", show_default=False)
]
SloFile = Annotated[Path | None, typer.Option("--slo", metavar="FILE", help="The objectives to hold it against.")]
Baseline = Annotated[
    Path | None,
    typer.Option(
        metavar="RESULTS", help="An earlier run to compare medians and counts with: its folder or results.json."
    ),
]
Effect = Annotated[
    str, typer.Option(metavar="SHARE", help="How much longer than the baseline's a median may be [default: 25%].")
]
Listed = Annotated[bool, typer.Option("--list", help="Print every figure that objectives can name, and stop.")]


def gate(  # noqa: PLR0917 - a command's options are its parameters
    results: Results = None,
    slo: SloFile = None,
    baseline: Baseline = None,
    effect: Effect = "",
    listed: Listed = False,
    export: Export = "",
    as_json: Json = False,
) -> None:
    """Say whether a run meets its objectives: pass, fail, or that nobody can tell; nothing is written but exports."""
    from bench.report.exports import read_formats, write_exports  # noqa: PLC0415 - --help need not wait for it
    from bench.report.listing import listing, render  # noqa: PLC0415
    from bench.report.markdown import append_step_summary  # noqa: PLC0415
    from bench.report.stored import read_run  # noqa: PLC0415
    from bench.report.terminal import render_verdict  # noqa: PLC0415
    from bench.slo import EFFECT, EXIT_CODES, WEAKER, compare, judge, overall, read_slo  # noqa: PLC0415

    if listed:
        sys.stdout.write(json.dumps(listing(), indent=2) + "\n") if as_json else render(Console())
        return
    if results is None:
        raise UsageError("No run is named.", "Give a run's folder or its results.json, or --list.")
    asked = read_slo(slo) if slo else None
    least = option("--effect", share, effect) if effect else EFFECT
    formats = option("--export", read_formats, export)
    run = read_run(results)
    if asked is None and baseline is None and not run.summary.verdict.checks:
        raise UsageError("Nothing is asked of the run.", "Give --slo FILE, or --baseline RESULTS.")
    summary = judge(run.summary, asked, run.ledger) if asked else run.summary
    if baseline is not None:
        checks = [*summary.verdict.checks, *compare(summary, run.ledger, read_run(baseline).summary, least)]
        summary = replace(summary, verdict=replace(summary.verdict, status=overall(checks), checks=checks))
    if formats and run.ledger is None:
        raise UsageError("Exports are made of the ledger, which is not there.", "Name the run's folder.")
    if run.ledger is not None:
        write_exports(formats, run.ledger, summary, run.folder)
    append_step_summary(summary, os.environ)
    note = WEAKER.format(effect=least) if baseline else ""
    if as_json:
        sys.stdout.write(json.dumps({**asdict(summary.verdict), **({"note": note} if note else {})}, indent=2) + "\n")
    else:
        render_verdict(summary, Console(), note)
    raise typer.Exit(EXIT_CODES[summary.verdict.status])
