"""The harness's own options under Locust, and what they mean together."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import UsageError
from bench.load.addresses import read_addresses
from bench.load.inputs import Setting, read_setting
from bench.load.recorders import MediaSettings, check_files, refuse_too_many
from bench.load.shapes import EXAMPLES, Shape, parse_shape
from bench.load.target import Overrides, TargetName, parse_target
from bench.load.target_name import start_timeout_s
from bench.media.mark import MarkLayout
from bench.units import (
    count_or_none,
    option,
    pace_seconds,
    positive_seconds,
    resolution,
    seconds,
    seconds_or_none,
    share,
    whole_number,
)
from bench.wire.access import Access, read_access

LOOPBACK = "127.0.0.1"
MOST_SEED = 2**32 - 1

_ARGUMENTS: dict[str, dict[str, Any]] = {
    "--target": {
        "default": "",
        "metavar": "TARGET",
        "env_var": "GRADIO_BENCH_TARGET",
        "help": "App to deploy for the run: app.py, module:demo, or nothing for the reference app. "
        "An app that runs already is named with --host.",
    },
    "--endpoint": {
        "action": "append",
        "default": [],
        "metavar": "API_NAME",
        "help": "Drive only this streaming endpoint; may be repeated.",
    },
    "--stream-every": {"default": "", "metavar": "S", "help": "Seconds between frames (default: the app's own)."},
    "--time-limit": {
        "default": "",
        "metavar": "S",
        "help": "Deploy the app with this time_limit, or none (default: the app's own).",
    },
    "--concurrency-limit": {
        "default": "",
        "metavar": "N",
        "help": "Deploy the app with this concurrency_limit, or none (default: the app's own).",
    },
    "--resolution": {"default": "640x480", "metavar": "WxH", "help": "Size of the pictures (default: 640x480)."},
    "--quality": {"default": 85, "type": int, "metavar": "Q", "help": "JPEG quality of the pictures (default: 85)."},
    "--video": {
        "default": "",
        "metavar": "FILE",
        "help": "Video or picture the cameras show, looped, the marks laid over (default: a synthetic scene).",
    },
    "--audio": {
        "default": "",
        "metavar": "FILE",
        "help": "WAV file the microphones hear below the words, looped (default: the words alone).",
    },
    "--input": {
        "action": "append",
        "default": [],
        "metavar": "NAME=VALUE",
        "help": "Set another input of the app by its label, or as ENDPOINT:LABEL=VALUE; may be repeated.",
    },
    "--auth-env": {
        "default": "",
        "metavar": "NAME",
        "help": "Environment variable that holds the app's login as USER:PASSWORD.",
    },
    "--header": {
        "action": "append",
        "default": [],
        "metavar": "NAME=VARIABLE",
        "help": "Send this header with every request, its value taken from an environment variable; may be repeated.",
    },
    "--start-timeout": {
        "default": "",
        "metavar": "S",
        "help": "How long the app may take to start, or a Space to wake (default: 1m, a Space 5m).",
    },
    "--jitter": {
        "default": "0",
        "metavar": "SHARE",
        "help": "Let microphones' chunks be longer or shorter by up to this share, such as 0.1 (default: 0).",
    },
    "--seed": {"default": 1, "type": int, "metavar": "N", "help": "Seed of scenes and start times (default: 1)."},
    "--shape": {
        "default": "",
        "metavar": "SHAPE",
        "help": f"Viewers that come and go, instead of -u, -r and -t: {EXAMPLES}.",
    },
    "--duration": {
        "default": "",
        "metavar": "S",
        "help": "Time measured after the warm-up, counted from the first camera's start; ends the run, as -t does from "
        "Locust's own start (default: what -t leaves).",
    },
    "--slo": {
        "default": "",
        "metavar": "FILE",
        "help": "Objectives to hold the run against: exit code 1 where it fails them, 3 where nobody can tell.",
    },
    "--warmup": {"default": "0s", "metavar": "S", "help": "Time left out of the figures at the start (default: 0s)."},
    "--out": {
        "default": f"gradio-bench-results/{time.strftime('%Y%m%d-%H%M%S')}",
        "metavar": "DIR",
        "help": "Folder for results.json and the ledger (default: gradio-bench-results/TIME).",
    },
    "--export": {
        "default": "",
        "metavar": "FORMATS",
        "help": "Also write csv, parquet, junit, markdown or trace, several with commas between, or all.",
    },
    "--prometheus": {
        "default": "",
        "metavar": "PORT",
        "help": "Tell Prometheus of the run while it goes on, on this port of loopback, or on HOST:PORT.",
    },
    "--otlp": {
        "default": "",
        "metavar": "URL",
        "help": "Send OpenTelemetry metrics to this collector while the run goes on, as http://127.0.0.1:4318.",
    },
    "--yes": {"action": "store_true", "help": "Load an app that is not on this machine."},
}

_IN_WEB_UI = {"--stream-every", "--resolution", "--quality", "--jitter", "--seed", "--warmup"}
"""What may change from run to run in Locust's web UI; the others belong to the app, which is deployed once."""


@dataclass(frozen=True, slots=True)
class Options:
    """One run's settings. `stream_every_s` None keeps the app's own; `overrides` go to an app deployed here.

    `start_timeout_s` is how long the app is waited for. `duration_s` is the whole run, warm-up included, None where it
    has no end; `timed` says that it counts from the first camera's start.
    """

    target: TargetName
    endpoints: tuple[str, ...]
    stream_every_s: float | None
    overrides: Overrides
    media: MediaSettings
    inputs: tuple[Setting, ...]
    access: Access
    start_timeout_s: float
    warmup_s: float
    duration_s: float | None
    timed: bool
    viewers: int | None
    shape: Shape | None
    out: Path
    yes: bool


def add_arguments(parser: Any) -> None:
    """Add the harness's options to Locust's parser; its own servers stay on loopback unless told otherwise."""
    parser.set_defaults(web_host=LOOPBACK, master_bind_host=LOOPBACK)
    add = parser.add_argument_group("gradio-bench", "The app under test and its viewers.").add_argument
    for flag, settings in _ARGUMENTS.items():
        action = add(flag, **settings)
        if flag in _IN_WEB_UI:  # what Locust's own add_argument would set, which has no groups
            action.include_in_web_ui = True
            action.is_secret = action.is_required = action.is_multiple = False


def read(parsed: Namespace, target: TargetName | None = None) -> Options:
    """Check the options and give them their meaning; `target` is the app already opened, if one is.

    Raises UsageError for a value out of range, for two that exclude each other, and for a file that cannot be played.
    """
    name = target or _target(parsed)
    _refuse_overrides(parsed, name)
    shape = option("--shape", parse_shape, parsed.shape) if parsed.shape else None
    every_s = option("--stream-every", pace_seconds, parsed.stream_every) if parsed.stream_every else None
    warmup_s = option("--warmup", seconds, str(parsed.warmup))
    length_s = shape.length_s if shape else run_length_s(parsed, warmup_s)
    if length_s is not None and warmup_s >= length_s:
        raise UsageError("The run is over before --warmup is.", "Give a longer run, or a shorter --warmup.")
    if parsed.num_users is not None:
        option("-u", whole_number(1, 10**9), str(parsed.num_users))
    media, viewers = _media(parsed), shape.most if shape else parsed.num_users
    refuse_too_many(viewers or 0, media)
    return Options(
        target=name,
        endpoints=tuple(parsed.endpoint),
        stream_every_s=every_s,
        overrides=Overrides(
            stream_every_s=every_s or "keep",
            time_limit_s=option("--time-limit", seconds_or_none, parsed.time_limit) if parsed.time_limit else "keep",
            concurrency_limit=option("--concurrency-limit", count_or_none, parsed.concurrency_limit)
            if parsed.concurrency_limit
            else "keep",
        ),
        media=media,
        inputs=tuple(map(read_setting, parsed.input)),
        access=read_access(parsed.auth_env, parsed.header, os.environ),
        start_timeout_s=start_timeout_s(name, parsed.start_timeout),
        warmup_s=warmup_s,
        duration_s=length_s,
        timed=bool(parsed.duration),
        viewers=viewers,
        shape=shape,
        out=Path(parsed.out),
        yes=parsed.yes or os.environ.get("GRADIO_BENCH_YES") == "1",
    )


def check(arguments: Sequence[str]) -> None:
    """Check a command line made for Locust before anything is started; raises UsageError as `read` does.

    What only the app can tell, such as the names of its endpoints, is not known yet.
    """
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--host")
    parser.add_argument("-t", dest="run_time", type=seconds)
    parser.add_argument("-u", dest="num_users", type=int)
    for flag, settings in _ARGUMENTS.items():
        parser.add_argument(flag, **{name: value for name, value in settings.items() if name != "env_var"})
    parsed, _ = parser.parse_known_args(arguments)
    read(parsed)
    read_addresses(parsed)


def run_length_s(parsed: Namespace, warmup_s: float) -> float | None:
    """Tell how long the run is, warm-up included; None where nothing ends it."""
    if not parsed.duration:
        return float(parsed.run_time) if parsed.run_time else None
    if parsed.run_time:
        raise UsageError("-t and --duration both say how long the run is.", "Leave out one of them.")
    return option("--duration", positive_seconds, parsed.duration) + warmup_s


def _media(parsed: Namespace) -> MediaSettings:
    width, height = option("--resolution", resolution, parsed.resolution)
    MarkLayout.for_size(width, height)
    media = MediaSettings(
        width,
        height,
        option("--quality", whole_number(1, 100), str(parsed.quality)),
        option("--seed", whole_number(0, MOST_SEED), str(parsed.seed)),
        option("--jitter", share, str(parsed.jitter)),
        video=Path(parsed.video) if parsed.video else None,
        audio=Path(parsed.audio) if parsed.audio else None,
    )
    check_files(media)
    return media


def _target(parsed: Namespace) -> TargetName:
    if parsed.target and parsed.host:
        raise UsageError("--target deploys an app and --host names one that runs already.", "Give only one of them.")
    return parse_target(parsed.target or parsed.host)


def _refuse_overrides(parsed: Namespace, name: TargetName) -> None:
    given = [flag for flag in ("time_limit", "concurrency_limit") if getattr(parsed, flag)]
    if given and not name.deployed:
        flags = " and ".join("--" + flag.replace("_", "-") for flag in given)
        raise UsageError(
            f"{flags} cannot be changed on {name}, which runs already.",
            "Name the app's file (app.py) or module (module:demo) instead, and it is deployed with these settings.",
        )
