"""The command line and the environment of the reference app, read into Settings."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from bench.errors import UsageError
from target_app.options import APP_OPTIONS, PAGE_OPTIONS, SOUND_OPTIONS, Option
from target_app.settings import PAGES, PageSettings, Settings

PROGRAM = "python -m target_app"
ENVIRONMENT_PREFIX = "GRADIO_BENCH_"

_OPTIONS = {option.name: option for option in (*PAGE_OPTIONS, *SOUND_OPTIONS, *APP_OPTIONS)} | {
    f"{page}-{option.name}": option for page in PAGES for option in PAGE_OPTIONS
}

_AFTERWORD = f"""\
a page's own settings:
  An option for every page also exists for each one, with the page's name before it:
  --filters-time-limit 10, --simple-sleep 0.2 and so on.

%s

environment:
  Every option has its variable: --time-limit is {ENVIRONMENT_PREFIX}TIME_LIMIT, --filters-time-limit is
  {ENVIRONMENT_PREFIX}FILTERS_TIME_LIMIT. The command line wins over the environment; within each, a page's
  own setting wins over the one for every page.

examples:
  {PROGRAM} --port 0                              on any free port
  {PROGRAM} --sleep 0.5                           a slow model behind every page
  {PROGRAM} --filters-cpu 0.05                    a busy one behind the filters
  {PROGRAM} --time-limit 4 --concurrency-limit 2  short turns, two at a time
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[0].upper()}{message[1:]}.", f"{PROGRAM} --help lists the options.")


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Read the settings that a command line and an environment ask for; --help prints the options and exits.

    Raises UsageError for an unknown option and for a value that does not fit.
    """
    variables = {name: ENVIRONMENT_PREFIX + name.upper().replace("-", "_") for name in _OPTIONS}
    exported = {name: environ[variable] for name, variable in variables.items() if environ.get(variable)}
    typed = {name: text for name, text in vars(_parser().parse_args(argv)).items() if text is not None}
    layers = (
        {name: _OPTIONS[name].read(text, variables[name]) for name, text in exported.items()},
        {name: _OPTIONS[name].read(text, f"--{name}") for name, text in typed.items()},
    )
    pages = {
        name: replace(page, **_chosen(_options_of(page), layers, ("", f"{name}-"))) for name, page in PAGES.items()
    }
    return Settings(pages=pages, **_chosen(APP_OPTIONS, layers, ("",)))


def _options_of(page: PageSettings) -> Sequence[Option]:
    return PAGE_OPTIONS if page.recogniser is None else (*PAGE_OPTIONS, *SOUND_OPTIONS)


def _chosen(options: Sequence[Option], layers: Sequence[Mapping[str, Any]], prefixes: Sequence[str]) -> dict[str, Any]:
    """Field → value of each option given; later layers win, and within a layer later prefixes."""
    return {
        option.sets: layer[prefix + option.name]
        for layer in layers
        for prefix in prefixes
        for option in options
        if prefix + option.name in layer
    }


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [options]",
        description="The apps of Gradio's streaming guide, as pages of one app to load and to measure.",
        epilog=_AFTERWORD % _defaults(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add(parser.add_argument_group("every page"), PAGE_OPTIONS)
    _add(parser.add_argument_group("the audio page"), SOUND_OPTIONS)
    _add(parser.add_argument_group("the app"), APP_OPTIONS)
    for page in PAGES:
        for option in PAGE_OPTIONS:
            parser.add_argument(f"--{page}-{option.name}", dest=f"{page}-{option.name}", help=argparse.SUPPRESS)
    return parser


def _add(group: argparse._ArgumentGroup, options: Sequence[Option]) -> None:
    for option in options:
        group.add_argument(f"--{option.name}", dest=option.name, metavar=option.metavar, help=option.help)


def _defaults() -> str:
    head = ("defaults", "stream-every", "time-limit", "concurrency-limit")
    rows = [(name, page.stream_every_s, page.time_limit_s, page.concurrency_limit) for name, page in PAGES.items()]
    return "\n".join("  {:<12}{:<15}{:<13}{}".format(*map(_word, row)) for row in (head, *rows))


def _word(value: object) -> str:
    return str(value).lower()
