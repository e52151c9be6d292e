"""The table of the reference app's options: every setting's name, meaning and reading, in one place."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bench.errors import UsageError


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its option's name, the field of the settings it sets, and how its text becomes a value.

    `wants` says what a good text looks like. `convert` raises ValueError for a bad one. `words` are texts with a
    meaning of their own, such as none.
    """

    name: str
    sets: str
    metavar: str
    help: str
    wants: str
    convert: Callable[[str], Any]
    words: Mapping[str, Any] = field(default_factory=dict)

    def read(self, text: str, source: str) -> Any:
        """Turn `text` into the value; raises UsageError, naming `source` and what it wants, for a bad one."""
        try:
            return self.words[text.lower()] if text.lower() in self.words else self.convert(text)
        except ValueError:
            raise UsageError(f"{source} cannot be {text!r}.", f"Give {source} {self.wants}.") from None


def _number(kind: Callable[[str], float], valid: Callable[[float], bool]) -> Callable[[str], float]:
    def convert(text: str) -> float:
        value = kind(text)
        if not (math.isfinite(value) and valid(value)):
            raise ValueError(text)
        return value

    return convert


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def _nothing_else(text: str) -> NoReturn:
    raise ValueError(text)


_POSITIVE_S = _number(float, lambda value: value > 0)
_SECONDS = _number(float, lambda value: value >= 0)
_COUNT = _number(int, lambda value: value > 0)
_PORT = _number(int, lambda value: 0 <= value <= 65535)
_LIMITLESS = {"none": None}
_LIMITLESS_OR_DEFAULT = {"none": None, "default": "default"}

PAGE_OPTIONS = (
    Option(
        name="stream-every",
        sets="stream_every_s",
        metavar="S",
        help="seconds from one frame to the next",
        wants="seconds above 0, like 0.1",
        convert=_POSITIVE_S,
    ),
    Option(
        name="time-limit",
        sets="time_limit_s",
        metavar="S",
        help="seconds a stream may stay open, or none",
        wants="seconds above 0, like 15, or none for no limit",
        convert=_POSITIVE_S,
        words=_LIMITLESS,
    ),
    Option(
        name="concurrency-limit",
        sets="concurrency_limit",
        metavar="N",
        help="streams open at once, or none, or default (Gradio's own, 1)",
        wants="a whole number above 0, none for no limit, or default for Gradio's own",
        convert=_COUNT,
        words=_LIMITLESS_OR_DEFAULT,
    ),
    Option(
        name="sleep",
        sets="sleep_s",
        metavar="S",
        help="extra work for each frame: seconds asleep",
        wants="seconds, like 0.5, or 0",
        convert=_SECONDS,
    ),
    Option(
        name="cpu",
        sets="cpu_s",
        metavar="S",
        help="extra work for each frame: CPU seconds burnt",
        wants="CPU seconds, like 0.05, or 0",
        convert=_SECONDS,
    ),
)
"""The settings of a page: each is an option for every page and, with a page's name before it, for that page."""

SOUND_OPTIONS = (
    Option(
        name="recogniser",
        sets="recogniser",
        metavar="NAME",
        help="dtmf, which hears a phone's key tones, or pocketsphinx, spoken English (the speech extra)",
        wants="dtmf or pocketsphinx",
        convert=_nothing_else,
        words={"dtmf": "dtmf", "pocketsphinx": "pocketsphinx"},
    ),
)
"""The settings of the page that listens, besides those of every page."""

APP_OPTIONS = (
    Option(
        name="max-threads",
        sets="max_threads",
        metavar="N",
        help="worker threads, and streams open on all pages together (40)",
        wants="a whole number above 0",
        convert=_COUNT,
    ),
    Option(
        name="queue-size",
        sets="queue_size",
        metavar="N",
        help="viewers that may wait at once (none: no limit)",
        wants="a whole number above 0, or none for no limit",
        convert=_COUNT,
        words=_LIMITLESS,
    ),
    Option(
        name="host",
        sets="host",
        metavar="NAME",
        help="address to listen on (127.0.0.1)",
        wants="a host name or an address, like 127.0.0.1",
        convert=_text,
    ),
    Option(
        name="port",
        sets="port",
        metavar="N",
        help="port to listen on; 0 takes a free one (7860)",
        wants="a whole number from 0 to 65535",
        convert=_PORT,
    ),
)
"""The settings of the app as a whole."""
