"""The command `gradio-bench run`: options in; progress, a summary and an exit code out."""

import os
import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from bench.commands.options import (
    Audio,
    AuthEnv,
    ConcurrencyLimit,
    Duration,
    Endpoints,
    Export,
    Headers,
    Inputs,
    Jitter,
    Json,
    Otlp,
    Out,
    Processes,
    Prometheus,
    Resolution,
    Seed,
    ShapeText,
    SloFile,
    StartTimeout,
    StreamEvery,
    Target,
    TimeLimit,
    Video,
    Viewers,
    Warmup,
    Yes,
)
from bench.errors import UsageError
from bench.units import option, positive_seconds, process_count, seconds
from bench.words import plural

if TYPE_CHECKING:
    from bench.load.shapes import Shape
    from bench.load.target_name import TargetName
    from bench.metrics import Summary
    from bench.run import EndedEarlyError, RunSettings

EPILOG = (
    "Examples:\n\n"
    "`gradio-bench run` · the reference app\n\n"
    "`gradio-bench run app.py --viewers 10` · your own app, deployed for the run\n\n"
    "`gradio-bench run app.py --concurrency-limit 10 --time-limit 20` · with other settings, code untouched\n\n"
    "`gradio-bench run http://127.0.0.1:7860 --endpoint filters --duration 1m` · an app that runs already\n\n"
    "`gradio-bench run app.py --video talk.mp4 --input 'Filter=edges'` · your own media and settings\n\n"
    "`gradio-bench run app.py --auth-env APP_LOGIN` · as the USER:PASSWORD in that environment variable\n\n"
    "`gradio-bench run app.py --slo slo.toml` · held against objectives\n\n"
    "Exit codes: 0 fine · 1 an objective is not met · 2 wrong usage · 3 nobody can tell whether they are · "
    "4 the app could not be reached or died · 130 interrupted."
)


ROOMY_CORES = 4
"""Cores that serve all pages of the reference app at full size, and make the load for them, with room to spare."""


def run(  # noqa: PLR0917 - a command's options are its parameters
    target: Target = "",
    viewers: Viewers = None,
    duration: Duration = "",
    shape: ShapeText = "",
    warmup: Warmup = "5s",
    endpoint: Endpoints = None,
    processes: Processes = "1",
    seed: Seed = 1,
    stream_every: StreamEvery = "",
    time_limit: TimeLimit = "",
    concurrency_limit: ConcurrencyLimit = "",
    start_timeout: StartTimeout = "",
    resolution: Resolution = "",
    video: Video = None,
    audio: Audio = None,
    jitter: Jitter = "0",
    inputs: Inputs = None,
    auth_env: AuthEnv = "",
    header: Headers = None,
    yes: Yes = False,
    out: Out = None,
    slo: SloFile = None,
    export: Export = "",
    prometheus: Prometheus = "",
    otlp: Otlp = "",
    as_json: Json = False,
) -> None:
    """Drive cameras and microphones at an app for a while and tell what every frame met."""
    from bench.load.options import check  # noqa: PLC0415 - --help need not wait for it
    from bench.load.shapes import parse_shape  # noqa: PLC0415
    from bench.load.target_name import parse_target  # noqa: PLC0415
    from bench.report.exports import read_formats  # noqa: PLC0415
    from bench.run import RunSettings, usual_out  # noqa: PLC0415
    from bench.slo import EXIT_CODES, read_slo  # noqa: PLC0415

    name = parse_target(target)
    if slo is not None:
        read_slo(slo)  # a word that means nothing is found before anything is deployed
    warmup_s = option("--warmup", seconds, warmup)
    changing = option("--shape", parse_shape, shape) if shape else None
    settings = RunSettings(
        target=target,
        url=not name.deployed,
        viewers=viewers,
        duration_s=_length_s(viewers, duration, changing, warmup_s),
        shape=shape,
        warmup_s=warmup_s,
        endpoints=tuple(endpoint or ()),
        stream_every=stream_every,
        time_limit=time_limit,
        concurrency_limit=concurrency_limit,
        start_timeout=start_timeout,
        resolution=resolution or _resolution(name, chosen=bool(viewers or shape or endpoint)),
        video=video,
        audio=audio,
        jitter=jitter,
        inputs=tuple(inputs or ()),
        auth_env=auth_env,
        headers=tuple(header or ()),
        seed=seed,
        processes=option("--processes", process_count, processes),
        out=out or usual_out(),
        exports=option("--export", read_formats, export),
        slo=slo,
        prometheus=prometheus,
        otlp=otlp,
    )
    check(settings.arguments())
    if settings.url:
        most = changing.most if changing else viewers
        ask_before_loading(target, most, settings.duration_s + settings.warmup_s, yes=yes)
    summary, early = _drive(settings, name)
    _tell(summary, settings, as_json=as_json)
    if early is not None:
        Console(stderr=True).print(f"gradio-bench: {early}", highlight=False)
        raise typer.Exit(early.exit_code)
    raise typer.Exit(EXIT_CODES[summary.verdict.status])


def _resolution(name: "TargetName", *, chosen: bool) -> str:
    """Give the size of the pictures where nobody named one: smaller for a first look on a small machine.

    The reference app's server fills about a core with three cameras of 640x480, and each of its pages is to be seen.
    Whoever has `chosen` viewers or endpoints gets the usual size.
    """
    small = name.kind == "reference" and not chosen and (os.cpu_count() or 1) < ROOMY_CORES
    return "320x240" if small else "640x480"


def _drive(settings: "RunSettings", name: "TargetName") -> "tuple[Summary, EndedEarlyError | None]":
    """Run to the end while showing how it goes; an end before its time comes with why."""
    from bench.ledger import refuse_existing  # noqa: PLC0415
    from bench.progress import ProgressDisplay  # noqa: PLC0415
    from bench.run import EndedEarlyError, run  # noqa: PLC0415

    refuse_existing(settings.out)
    doing = f"Deploying {name} ..." if name.deployed else f"Connecting to {name} ..."
    whole_s = settings.duration_s + settings.warmup_s
    with ProgressDisplay(Console(stderr=True), whole_s, settings.warmup_s, doing) as display:
        try:
            return run(settings, display.show), None
        except EndedEarlyError as ended:
            return ended.summary, ended


def _tell(summary: "Summary", settings: "RunSettings", *, as_json: bool) -> None:
    """Print what the run showed, for a person or a program, and on the page of a GitHub job."""
    from bench.report import terminal  # noqa: PLC0415
    from bench.report.markdown import append_step_summary  # noqa: PLC0415

    append_step_summary(summary, os.environ)
    if as_json:
        sys.stdout.write((settings.out / "results.json").read_text())
        return
    console = Console()
    terminal.render(summary, console)
    console.print(terminal.places(settings.out), soft_wrap=True, highlight=False, markup=False)


def _length_s(viewers: int | None, duration: str, shape: "Shape | None", warmup_s: float) -> float:
    """Tell how long to measure: --duration, or what the shape takes less the warm-up.

    Raises UsageError where options exclude each other, or the warm-up leaves nothing to measure.
    """
    if shape is None:
        return option("--duration", positive_seconds, duration or "30s")
    if viewers or duration:
        given = "--viewers" if viewers else "--duration"
        raise UsageError(
            f"--shape says how many viewers there are and for how long, and so does {given}.",
            f"Leave out {given}, or --shape.",
        )
    if shape.length_s <= warmup_s:
        raise UsageError("--shape is over before --warmup is.", "Give a longer shape, or --warmup 0s.")
    return shape.length_s - warmup_s


def ask_before_loading(target: str, viewers: int | None, duration_s: float, *, yes: bool) -> None:
    """Get a yes before an app that is not on this machine is loaded; raises UsageError without one."""
    from bench.wire.address import is_loopback  # noqa: PLC0415

    if yes or is_loopback(target):
        return
    who = plural(viewers, "viewer") if viewers else "at least 4 viewers"
    question = f"This sends {who} to {target} for {duration_s:.0f} s."
    if not sys.stdin.isatty():
        raise UsageError(f"{question} That app is not on this machine.", "Add --yes if you may load it.")
    if not typer.confirm(f"{question} May you load that app?", default=False):
        raise UsageError("Nothing was loaded.", "Answer y, or add --yes, if you may load that app.")
