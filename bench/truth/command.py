"""The command `gradio-bench selfcheck`: options in, a report and an exit code out."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bench.truth.selfcheck import Report

EPILOG = (
    "It takes about a minute, and with --quick some ten seconds.\n\n"
    "Exit codes: 0 the numbers hold · 1 they do not · 3 this machine is too noisy to tell · 130 interrupted."
)
EXIT_CODES = {"pass": 0, "fail": 1, "inconclusive": 3}


def selfcheck(
    quick: Annotated[bool, typer.Option("--quick", help="Look only briefly.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Read ten million garbled marks as well.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep the runs here [default: remove them].")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print results as JSON on standard output.")] = False,
) -> None:
    """Tell how far the harness's own numbers can be trusted on this machine, from a server that knows the truth."""
    from bench.run import EndedEarlyError  # noqa: PLC0415 - --help need not wait for it
    from bench.truth import report as words  # noqa: PLC0415
    from bench.truth import selfcheck as room  # noqa: PLC0415
    from bench.truth.progress import Steps  # noqa: PLC0415

    screen = Console(stderr=True)
    try:
        with Steps(screen) as steps:
            found = room.selfcheck(room.choose_plan(quick=quick, long=long), out=out, watch=steps.show)
    except EndedEarlyError as early:
        screen.print(f"gradio-bench: {early}", highlight=False)
        raise typer.Exit(early.exit_code) from None
    kept = _keep(found, quick=quick)
    if as_json:
        sys.stdout.write(json.dumps(words.as_json(found), indent=2) + "\n")
    else:
        Console().print(words.render(found))
        if kept is not None:
            Console().print(f"Later runs on this machine carry these error bars: {kept}", highlight=False)
    raise typer.Exit(EXIT_CODES[found.status])


def _keep(found: "Report", *, quick: bool) -> Path | None:
    """Keep the error bars for later runs, unless the numbers are wrong or bars that hold further are kept already."""
    from bench.calibration import keep, recall  # noqa: PLC0415

    if found.status == "fail" or found.error_bars is None:
        return None
    before = recall()
    if before is not None and quick and before["frames_per_s"] > found.error_bars["frames_per_s"]:
        return None
    return keep(found.error_bars)
