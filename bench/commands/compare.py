"""The command `gradio-bench compare`: two versions of an app in turn on one machine, and a verdict."""

import json
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bench.commands.options import (
    AuthEnv,
    ConcurrencyLimit,
    Endpoints,
    Headers,
    Inputs,
    Json,
    Out,
    Resolution,
    Seed,
    StartTimeout,
    StreamEvery,
    TimeLimit,
    Viewers,
    Yes,
)
from bench.commands.run import ask_before_loading
from bench.errors import InterruptError
from bench.units import option, positive_seconds, share

if TYPE_CHECKING:
    from bench.compare.comparison import Comparison, Plan
    from bench.compare.live import CutShortError, Sides, Stage
    from bench.run import RunSettings

EPILOG = (
    "Examples:\n\n"
    "`gradio-bench compare git:main app.py` · the app of this folder beside that of a branch\n\n"
    "`gradio-bench compare old.py new.py --viewers 2 --min-effect 5%` · two files, with 5 % allowed\n\n"
    "`gradio-bench compare http://127.0.0.1:7860 http://127.0.0.1:7861` · two apps that run already\n\n"
    "Exit codes: 0 not slower than allowed · 1 slower, or errors that only HEAD has · 2 wrong usage · "
    "3 inconclusive · 4 an app could not be reached or died · 130 interrupted."
)
MOST_S = 3600.0 * 6
"""No side's viewers outlive this, whatever becomes of the command."""

Side = Annotated[
    str,
    typer.Argument(
        help="A URL, app.py, module:demo, reference, or git:REV:path/app.py; git:REV alone takes the other side's file."
    ),
]


def compare(  # noqa: PLR0917 - a command's options are its parameters
    base: Side,
    head: Side,
    viewers: Viewers = None,
    block: Annotated[
        str, typer.Option(metavar="S", help="Length of a block [default: 3s, or 12 ticks of the camera].")
    ] = "",
    max_blocks: Annotated[int, typer.Option(metavar="N", min=2, help="Blocks of both sides together, at most.")] = 80,
    min_effect: Annotated[str, typer.Option(metavar="SHARE", help="A slow-down up to this is allowed.")] = "2%",
    control: Annotated[
        bool, typer.Option("--control/--no-control", help="Compare BASE with itself first, to know the noise.")
    ] = True,
    endpoint: Endpoints = None,
    seed: Seed = 1,
    stream_every: StreamEvery = "",
    time_limit: TimeLimit = "",
    concurrency_limit: ConcurrencyLimit = "",
    start_timeout: StartTimeout = "",
    resolution: Resolution = "640x480",
    inputs: Inputs = None,
    auth_env: AuthEnv = "",
    header: Headers = None,
    yes: Yes = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Tell whether HEAD is slower than BASE: both up at once, driven in turn, until it is clear or cannot be known."""
    from bench.compare.comparison import Plan  # noqa: PLC0415
    from bench.compare.live import LEAST_BLOCK_S, Sides  # noqa: PLC0415
    from bench.compare.worktree import resolved  # noqa: PLC0415
    from bench.run import INCONCLUSIVE, RunSettings, usual_out  # noqa: PLC0415
    from bench.slo import EXIT_CODES  # noqa: PLC0415

    plan = Plan(option("--min-effect", share, min_effect), max_blocks // 2)
    block_s = option("--block", positive_seconds, block) if block else None
    folder = out or usual_out()
    either = RunSettings(
        viewers=viewers,
        duration_s=MOST_S,
        warmup_s=0.0,
        endpoints=tuple(endpoint or ()),
        stream_every=stream_every,
        time_limit=time_limit,
        concurrency_limit=concurrency_limit,
        start_timeout=start_timeout,
        resolution=resolution,
        inputs=tuple(inputs or ()),
        auth_env=auth_env,
        headers=tuple(header or ()),
        seed=seed,
    )
    with ExitStack() as stack:
        ours = _aimed(either, stack.enter_context(resolved(base, head)))
        theirs = _aimed(either, stack.enter_context(resolved(head, base)))
        for target, one in ((base, ours), (head, theirs)):
            if one.url:
                ask_before_loading(target, viewers, 2 * (block_s or LEAST_BLOCK_S) * max_blocks, yes=yes)
        found, cut = _drive(Sides(ours, theirs), plan, folder, block_s, control=control)
    _tell(found, folder, base, head, as_json=as_json)
    if cut is not None:
        Console(stderr=True).print(f"gradio-bench: {cut}", highlight=False)
        interrupted = cut.cause is None
        raise typer.Exit(InterruptError.exit_code if interrupted else getattr(cut.cause, "exit_code", INCONCLUSIVE))
    raise typer.Exit(EXIT_CODES[found.status])


def _aimed(settings: "RunSettings", target: str) -> "RunSettings":
    """The same settings for this app."""
    from bench.load.target_name import parse_target  # noqa: PLC0415

    return replace(settings, target=target, url=not parse_target(target).deployed)


def _drive(
    sides: "Sides", plan: "Plan", folder: Path, block_s: float | None, *, control: bool
) -> "tuple[Comparison, CutShortError | None]":
    """Play the blocks while showing how it goes; an end before its time comes with why."""
    from bench.compare.live import CONTROL_PAIRS, CutShortError, compare  # noqa: PLC0415

    pairs = CONTROL_PAIRS if control else 0
    with _Display() as display:
        try:
            return compare(sides, plan, folder, block_s=block_s, control_pairs=pairs, tell=display.show), None
        except CutShortError as error:
            return error.comparison, error


def _tell(found: "Comparison", folder: Path, base: str, head: str, *, as_json: bool) -> None:
    """Write comparison.json, and tell it to people, to programs, and on the page of a GitHub job."""
    from bench.compare import views  # noqa: PLC0415
    from bench.report.markdown import append_to_step_summary  # noqa: PLC0415

    whole = json.dumps(views.as_json(found, base=base, head=head), indent=2) + "\n"
    (folder / "comparison.json").write_text(whole, encoding="utf-8")
    append_to_step_summary(views.as_markdown(found, base=base, head=head), os.environ)
    if as_json:
        sys.stdout.write(whole)
        return
    console = Console()
    views.render(found, console, base=base, head=head)
    console.print(f"Results: {folder / 'comparison.json'} · ledgers: {folder}", soft_wrap=True)


class _Display:
    """One line on standard error that is rewritten on a terminal, and now and then a line elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._status = self._console.status("Starting ...") if self._console.is_terminal else None
        self._told = ""

    def __enter__(self) -> "_Display":
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_details: object) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, stage: "Stage") -> None:
        """Show how far it is."""
        left = "" if stage.left_s is None else f" · {stage.done} of at most {stage.most} blocks · {_left(stage.left_s)}"
        if self._status is not None:
            self._status.update(f"{stage.text}{left}")
        elif stage.done % 10 == 0:
            self._console.print(f"{stage.text}{left}", highlight=False, soft_wrap=True)


def _left(seconds: float) -> str:
    return f"at most {seconds / 60:.1f} min left" if seconds >= 90 else f"at most {seconds:.0f} s left"
