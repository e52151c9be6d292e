"""The command `gradio-bench fidelity`: a real browser beside the harness, and what sets them apart."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from bench.commands.options import Json

EPILOG = (
    "It takes some four minutes, and with --quick less than one. It needs Playwright and a Chromium.\n\n"
    "Exit codes: 0 alike, or explained · 1 not alike · 3 this machine is too noisy to tell · 130 interrupted."
)


def fidelity(
    quick: Annotated[bool, typer.Option("--quick", help="Compare two pages only.")] = False, as_json: Json = False
) -> None:
    """Put a real browser beside the harness, on one app at one time, and compare what they send, wait for and see."""
    from bench.fidelity import study, views  # noqa: PLC0415
    from bench.run import EndedEarlyError  # noqa: PLC0415

    screen = Console(stderr=True)
    try:
        found = study.study(quick=quick, tell=lambda text: screen.print(text, highlight=False))
    except (EndedEarlyError, KeyboardInterrupt) as ended:
        screen.print("gradio-bench: It ended early: nothing is compared.")
        raise typer.Exit(getattr(ended, "exit_code", 130)) from None
    if as_json:
        sys.stdout.write(json.dumps(views.as_json(found), indent=2) + "\n")
    else:
        views.render(found, Console())
    raise typer.Exit(found.exit_code)
