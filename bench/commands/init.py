"""The command `gradio-bench init`: a beginning for a repository of one's own."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.commands.options import Json

EPILOG = "Example: `gradio-bench init` in the folder of your app"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Your repository.")] = Path(),
    as_json: Json = False,
) -> None:
    """Put objectives, scenarios and a GitHub Actions gate into your repository; nothing there is overwritten."""
    from bench.starter import start  # noqa: PLC0415

    started = start(folder)
    if as_json:
        sys.stdout.write(json.dumps({"written": started.written, "left": started.left}) + "\n")
    else:
        sys.stdout.write("\n".join(started.words()) + "\n")
