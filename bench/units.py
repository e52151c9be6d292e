"""Durations, sizes and limits as people type them."""

import os
import re
from collections.abc import Callable
from typing import TypeVar

from bench.errors import UsageError

T = TypeVar("T")


def option(flag: str, reader: Callable[[str], T], text: str) -> T:
    """Read the value of an option; a UsageError then names the option."""
    try:
        return reader(text)
    except UsageError as error:
        raise UsageError(f"{flag}: {error.problem}", error.remedy) from None


_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)(?:s|$))?(?:(\d+(?:\.\d+)?)ms)?"
)
MOST_S = 365 * 86400.0
MOST_COUNT = 1_000_000
MOST_VIEWERS = 100_000
"""Of one run, all its processes together: a viewer holds two connections or more, and one machine has some 30,000 ports
to call one server from. More is a slip of the finger."""
PROCESSES_PER_CORE = 16
_SCALE_S = (3600.0, 60.0, 1.0, 0.001)


def seconds(text: str) -> float:
    """Read a duration: `30`, `30s`, `500ms`, `1m30s`, `2h`.

    Raises UsageError for anything else, and for more than a year, which no timer takes.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()):
        raise UsageError(f"{text!r} is not a duration.", "Write it as 30s, 500ms, 1m30s or 2h.")
    value = sum(float(part) * scale for part, scale in zip(match.groups(), _SCALE_S, strict=True) if part)
    if value > MOST_S:
        raise UsageError(f"{text!r} is more than a year.", "Give a shorter time.")
    return value


def positive_seconds(text: str) -> float:
    """Read a duration above zero; raises UsageError."""
    value = seconds(text)
    if value <= 0:
        raise UsageError(f"{text!r} is no time at all.", "Give a duration above zero, such as 0.1 or 100ms.")
    return value


def pace_seconds(text: str) -> float:
    """Read the time between two frames: at least a millisecond, which no camera needs less than; raises UsageError."""
    value = positive_seconds(text)
    if value < 0.001:
        raise UsageError(f"{text!r} is too short between frames.", "Give a millisecond or more, such as 0.1 or 100ms.")
    return value


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Make a reader of whole numbers in this range, which raises UsageError for anything else."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[-+]?[0-9]{1,18}", text.strip()) or not least <= int(text) <= most:
            raise UsageError(f"{text!r} is not a whole number from {least} to {most}.", "Give one that is.")
        return int(text)

    return read


def seconds_or_none(text: str) -> float | None:
    """Read a duration above zero, or `none` for no limit; raises UsageError."""
    return None if text.strip().lower() == "none" else positive_seconds(text)


def count_or_none(text: str) -> int | None:
    """Read a whole number of at least 1, or `none` for no limit; raises UsageError."""
    if text.strip().lower() == "none":
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not 1 <= int(text) <= MOST_COUNT:
        raise UsageError(
            f"{text!r} is not a limit.", f"Give a whole number from 1 to {MOST_COUNT}, or none for no limit."
        )
    return int(text)


def process_count(text: str) -> int:
    """Read a number of processes: at least 1, or -1 for one a core; raises UsageError, and where there is no fork."""
    if not re.fullmatch(r"-1|0*[1-9][0-9]{0,5}", text.strip()):
        raise UsageError(f"{text!r} is not a number of processes.", "Give 1 or more, or -1 for one on each core.")
    cores = os.cpu_count() or 1
    if int(text) > PROCESSES_PER_CORE * cores:
        raise UsageError(
            f"{int(text)} processes are too many for {cores} cores.", "Give -1 for one on each core, or a few more."
        )
    if int(text) != 1 and not hasattr(os, "fork"):
        raise UsageError(
            "This system cannot fork, so one process is all there is.",
            "Start workers by hand: locust -f scenarios/ --master, and locust -f scenarios/ --worker for each.",
        )
    return int(text)


def resolution(text: str) -> tuple[int, int]:
    """Read a picture size such as `640x480`: width and height in pixels; raises UsageError."""
    match = re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", text.strip().lower())
    if match is None:
        raise UsageError(f"{text!r} is not a resolution.", "Write it as WIDTHxHEIGHT, such as 640x480.")
    return int(match[1]), int(match[2])


def share(text: str) -> float:
    """Read a share between 0 and 0.5, as a number or in per cent; raises UsageError."""
    digits = text.strip().removesuffix("%").strip()
    try:
        value = float(digits) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 0.5:
        raise UsageError(f"{text!r} is not a share from 0 to 0.5.", "Write it as 0.1 or 10%.")
    return value
