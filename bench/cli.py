"""The `gradio-bench` command: reads options, calls one function, prints, and turns errors into exit codes."""

import json
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from bench.cli_options import (
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
    StartTimeout,
    StreamEvery,
    Target,
    TimeLimit,
    Video,
    Viewers,
    Warmup,
    Yes,
)
from bench.errors import BenchError, UsageError
from bench.truth.command import EPILOG, selfcheck
from bench.units import option, positive_seconds, process_count, seconds

if TYPE_CHECKING:
    from bench.load.shapes import Shape

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Load testing and benchmarking for Gradio apps that stream a camera or a microphone.",
    epilog="Exit codes: 0 fine · 2 wrong usage · 4 the app could not be reached or died · 130 interrupted.",
)


@app.command(
    epilog="Examples:\n\n"
    "`gradio-bench run` · the reference app\n\n"
    "`gradio-bench run app.py --viewers 10` · your own app, deployed for the run\n\n"
    "`gradio-bench run app.py --concurrency-limit 10 --time-limit 20` · with other settings, code untouched\n\n"
    "`gradio-bench run http://127.0.0.1:7860 --endpoint filters --duration 1m` · an app that runs already\n\n"
    "`gradio-bench run app.py --video talk.mp4 --input 'Filter=edges'` · your own media and settings\n\n"
    "`gradio-bench run app.py --auth-env APP_LOGIN` · as the USER:PASSWORD in that environment variable"
)
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
    resolution: Resolution = "640x480",
    video: Video = None,
    audio: Audio = None,
    jitter: Jitter = "0",
    inputs: Inputs = None,
    auth_env: AuthEnv = "",
    header: Headers = None,
    yes: Yes = False,
    out: Out = None,
    export: Export = "",
    prometheus: Prometheus = "",
    otlp: Otlp = "",
    as_json: Json = False,
) -> None:
    """Drive cameras and microphones at an app for a while and tell what every frame met."""
    from bench.load.shapes import parse_shape  # noqa: PLC0415 - --help need not wait for it
    from bench.load.target_name import parse_target  # noqa: PLC0415
    from bench.progress import ProgressDisplay  # noqa: PLC0415
    from bench.report import terminal  # noqa: PLC0415
    from bench.report.exports import read_formats  # noqa: PLC0415
    from bench.report.markdown import append_step_summary  # noqa: PLC0415
    from bench.run import EndedEarlyError, RunSettings  # noqa: PLC0415
    from bench.run import run as run_it  # noqa: PLC0415

    name = parse_target(target)
    warmup_s = option("--warmup", seconds, warmup)
    changing = option("--shape", parse_shape, shape) if shape else None
    settings = RunSettings(
        target=target,
        url=name.kind in {"url", "space"},
        viewers=viewers,
        duration_s=_length_s(viewers, duration, changing, warmup_s),
        shape=shape,
        warmup_s=warmup_s,
        endpoints=tuple(endpoint or ()),
        stream_every=stream_every,
        time_limit=time_limit,
        concurrency_limit=concurrency_limit,
        start_timeout=start_timeout,
        resolution=resolution,
        video=video,
        audio=audio,
        jitter=jitter,
        inputs=tuple(inputs or ()),
        auth_env=auth_env,
        headers=tuple(header or ()),
        seed=seed,
        processes=option("--processes", process_count, processes),
        out=out or Path("gradio-bench-results") / time.strftime("%Y%m%d-%H%M%S"),
        exports=option("--export", read_formats, export),
        prometheus=prometheus,
        otlp=otlp,
    )
    if settings.url:
        most = changing.most if changing else viewers
        _ask_before_loading(target, most, settings.duration_s + settings.warmup_s, yes=yes)
    screen = Console(stderr=True)
    doing = f"Deploying {name} ..." if name.deployed else f"Connecting to {name} ..."
    early: EndedEarlyError | None = None
    with ProgressDisplay(screen, settings.duration_s + settings.warmup_s, settings.warmup_s, doing) as display:
        try:
            summary = run_it(settings, display.show)
        except EndedEarlyError as ended:
            summary, early = ended.summary, ended
    append_step_summary(summary, os.environ)
    if as_json:
        sys.stdout.write((settings.out / "results.json").read_text())
    else:
        console = Console()
        terminal.render(summary, console)
        console.print(f"Results: {settings.out / 'results.json'} · ledger: {settings.out / 'ledger'}", soft_wrap=True)
    if early is not None:
        screen.print(f"gradio-bench: {early}", highlight=False)
        raise typer.Exit(early.exit_code)


@app.command(
    epilog="Examples:\n\n"
    "`gradio-bench discover http://127.0.0.1:7860`\n\n"
    "`gradio-bench discover app.py --auth-env APP_LOGIN` · as the USER:PASSWORD in that environment variable"
)
def discover(
    target: Target = "",
    start_timeout: StartTimeout = "",
    auth_env: AuthEnv = "",
    header: Headers = None,
    as_json: Json = False,
) -> None:
    """Show an app's streaming endpoints, how each would be driven, and what cannot be."""
    from bench.load.target import Target as Deployment  # noqa: PLC0415
    from bench.load.target_name import parse_target, start_timeout_s  # noqa: PLC0415
    from bench.report import discovery  # noqa: PLC0415
    from bench.wire.access import read_access  # noqa: PLC0415
    from bench.wire.app import discover as find  # noqa: PLC0415

    name = parse_target(target)
    access = read_access(auth_env, header or (), os.environ)
    most_s = start_timeout_s(name, start_timeout)
    doing = f"Deploying {name} ..." if name.deployed else f"Connecting to {name} ..."
    with ExitStack() as stack, Console(stderr=True).status(doing) as status:
        url = stack.enter_context(Deployment(name, timeout_s=most_s)).url if name.deployed else name.text
        found = find(url, auth=access.auth, headers=access.headers, patience_s=most_s, waiting=status.update)
    if as_json:
        sys.stdout.write(json.dumps(discovery.as_json(found), indent=2) + "\n")
    else:
        discovery.render(found, Console())


@app.command(
    epilog="Examples:\n\n"
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
        terminal.render(summary, Console())


@app.command(
    epilog="It takes some four minutes, and with --quick less than one. It needs Playwright and a Chromium.\n\n"
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


@app.command(epilog="Example: `gradio-bench init` in the folder of your app")
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Your repository.")] = Path(),
    as_json: Json = False,
) -> None:
    """Put scenarios to change and a GitHub Actions workflow into your repository; nothing there is overwritten."""
    from bench.starter import start  # noqa: PLC0415

    started = start(folder)
    if as_json:
        sys.stdout.write(json.dumps({"written": started.written, "left": started.left}) + "\n")
    else:
        sys.stdout.write("\n".join(started.words()) + "\n")


app.command(epilog=EPILOG)(selfcheck)


def main() -> NoReturn:
    """Run the command; an error of ours is a sentence and an exit code, never a traceback."""
    try:
        app(standalone_mode=True)
    except BenchError as error:
        sys.stderr.write(f"gradio-bench: {error.problem}\n")
        if error.remedy:
            sys.stderr.write(f"{error.remedy}\n")
        sys.exit(error.exit_code)
    sys.exit(0)


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


def _ask_before_loading(target: str, viewers: int | None, duration_s: float, *, yes: bool) -> None:
    from bench.wire.address import is_loopback  # noqa: PLC0415

    if yes or is_loopback(target):
        return
    question = f"This sends {viewers or 'at least 4'} viewers to {target} for {duration_s:.0f} s."
    if not sys.stdin.isatty():
        raise UsageError(f"{question} That app is not on this machine.", "Add --yes if you may load it.")
    if not typer.confirm(f"{question} May you load that app?", default=False):
        raise UsageError("Nothing was loaded.", "Answer y, or add --yes, if you may load that app.")


if __name__ == "__main__":
    main()
