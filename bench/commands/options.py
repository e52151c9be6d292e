"""The options of `gradio-bench`, grouped as its help shows them; commands share them so that they are named alike."""

from pathlib import Path
from typing import Annotated

import typer

_LOAD, _SETTINGS, _MEDIA, _ACCESS, _OUTPUT = "Load", "The app's settings", "Media and inputs", "Access", "Output"

Target = Annotated[
    str,
    typer.Argument(
        help="A URL, a Space (owner/name), app.py, module:demo, or nothing for the reference app.", show_default=False
    ),
]

Viewers = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Viewers, each with one open tab [default: at least one an endpoint].",
        rich_help_panel=_LOAD,
    ),
]
Duration = Annotated[
    str, typer.Option(metavar="S", help="Measured time [default: 30s].", rich_help_panel=_LOAD, show_default=False)
]
ShapeText = Annotated[
    str,
    typer.Option(
        metavar="SHAPE",
        help="Viewers that come and go, instead of --viewers and --duration: ramp:0-40/60s, steps:5,10,20/30s, "
        "spike:5-40/10s or soak:20/1h.",
        rich_help_panel=_LOAD,
    ),
]
Warmup = Annotated[
    str, typer.Option(metavar="S", help="Time before it, left out of the figures.", rich_help_panel=_LOAD)
]
Endpoints = Annotated[
    list[str] | None,
    typer.Option(metavar="API_NAME", help="Drive only this endpoint; may be repeated.", rich_help_panel=_LOAD),
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of scenes and start times.", rich_help_panel=_LOAD)]
Processes = Annotated[
    str,
    typer.Option(metavar="N", help="Processes that make the load; -1 is one for each core.", rich_help_panel=_LOAD),
]

StreamEvery = Annotated[
    str, typer.Option(metavar="S", help="Seconds between frames [default: the app's].", rich_help_panel=_SETTINGS)
]
TimeLimit = Annotated[
    str, typer.Option(metavar="S", help="Deploy with this time_limit, or none.", rich_help_panel=_SETTINGS)
]
ConcurrencyLimit = Annotated[
    str, typer.Option(metavar="N", help="Deploy with this concurrency_limit, or none.", rich_help_panel=_SETTINGS)
]
StartTimeout = Annotated[
    str,
    typer.Option(
        metavar="S",
        help="How long the app may take to start [default: 1m], or a Space to wake [5m].",
        rich_help_panel=_SETTINGS,
    ),
]

Resolution = Annotated[
    str,
    typer.Option(
        metavar="WxH",
        help="Size of the cameras' pictures: 640x480, but 320x240 for the reference app as it is on a small machine.",
        rich_help_panel=_MEDIA,
    ),
]
Video = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Video or picture to show the cameras, looped.", rich_help_panel=_MEDIA),
]
Audio = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="WAV file to play the microphones, looped.", rich_help_panel=_MEDIA),
]
Jitter = Annotated[
    str,
    typer.Option(
        metavar="SHARE", help="Let chunks of sound be longer or shorter by up to this share.", rich_help_panel=_MEDIA
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="NAME=VALUE",
        help="Set another input by its label, of one endpoint as ENDPOINT:LABEL=VALUE; may be repeated.",
        rich_help_panel=_MEDIA,
    ),
]

AuthEnv = Annotated[
    str,
    typer.Option(metavar="VARIABLE", help="Environment variable that holds USER:PASSWORD.", rich_help_panel=_ACCESS),
]
Headers = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        metavar="NAME=VARIABLE",
        help="Header to send, its value taken from an environment variable; may be repeated.",
        rich_help_panel=_ACCESS,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Load an app that is not on this machine.", rich_help_panel=_ACCESS)]

Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Results folder [default: gradio-bench-results/TIME].", rich_help_panel=_OUTPUT),
]
Export = Annotated[
    str,
    typer.Option(
        "--export",
        "--format",
        metavar="FORMATS",
        help="Also write csv, parquet, junit, markdown or trace (for Perfetto), several with commas between, or all.",
        rich_help_panel=_OUTPUT,
    ),
]
Prometheus = Annotated[
    str,
    typer.Option(
        metavar="PORT",
        help="Tell Prometheus of the run while it goes on, on this port of loopback, or on HOST:PORT.",
        rich_help_panel=_OUTPUT,
    ),
]
Otlp = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="Send OpenTelemetry metrics to this collector while the run goes on, as http://127.0.0.1:4318.",
        rich_help_panel=_OUTPUT,
    ),
]
SloFile = Annotated[
    Path | None,
    typer.Option(
        "--slo",
        metavar="FILE",
        help="Objectives to hold the run against: exit code 1 where it fails them, 3 where nobody can tell.",
        rich_help_panel=_OUTPUT,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print results as JSON on standard output.", rich_help_panel=_OUTPUT)
]
