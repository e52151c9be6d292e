"""Load shapes: how many viewers there are at each instant of a run. Pure: seconds in, viewers out."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bench.errors import UsageError
from bench.units import MOST_VIEWERS, positive_seconds

EXAMPLES = "ramp:0-40/60s, steps:5,10,20/30s, spike:5-40/10s or soak:20/1h"
_REMEDY = f"Write it as {EXAMPLES}; join several with +."


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of `length_s` seconds over which viewers go evenly from one number to another."""

    begin: int
    end: int
    length_s: float

    def viewers_at(self, elapsed_s: float) -> int:
        """How many there are that long after the stage began: from `begin` on, and `end` just before it is over."""
        most = abs(self.end - self.begin)
        done = min(int(elapsed_s / self.length_s * (most + 1)), most)
        return self.begin + done if self.end > self.begin else self.begin - done


@dataclass(frozen=True, slots=True)
class Shape:
    """Stages one after another. `text` is what was typed."""

    text: str
    stages: tuple[Stage, ...]

    @property
    def length_s(self) -> float:
        """How long the whole of it takes, in seconds."""
        return sum(stage.length_s for stage in self.stages)

    @property
    def most(self) -> int:
        """The most viewers there are at once."""
        return max(max(stage.begin, stage.end) for stage in self.stages)

    def viewers_at(self, elapsed_s: float) -> int | None:
        """How many viewers there are, `elapsed_s` seconds after the begin; None once it is over."""
        for stage in self.stages:
            if elapsed_s < stage.length_s:
                return stage.viewers_at(elapsed_s)
            elapsed_s -= stage.length_s
        return None


def parse_shape(text: str) -> Shape:
    """Read a shape, or several joined with +, each of which takes over where the one before it ends.

    - `ramp:A-B/T` goes evenly from A to B viewers in T.
    - `steps:A,B,C/T` stays at each number for T.
    - `spike:A-B/T` stays at A for T, at B for T, and at A for T again, to see how the app recovers.
    - `soak:N/T` stays at N for T.

    Raises UsageError for anything else.
    """
    stages = [stage for part in text.split("+") for stage in _stages(part.strip().lower())]
    shape = Shape(text.strip(), tuple(stages))
    if not shape.most:
        raise UsageError(f"{text!r} never has a viewer.", _REMEDY)
    return shape


def _stages(part: str) -> list[Stage]:
    match = re.fullmatch(r"(\w+)\s*:\s*([^/]+)/\s*([^/]+)", part)
    if match is None:
        raise UsageError(f"{part!r} is not a load shape.", _REMEDY)
    kind, numbers, length = match.groups()
    if kind not in _KINDS:
        raise UsageError(f"There is no load shape {kind!r}.", _REMEDY)
    return _KINDS[kind](numbers, positive_seconds(length))


def _ramp(numbers: str, length_s: float) -> list[Stage]:
    begin, end = _two(numbers)
    return [Stage(begin, end, length_s)]


def _steps(numbers: str, length_s: float) -> list[Stage]:
    return [Stage(count, count, length_s) for count in map(_count, numbers.split(","))]


def _spike(numbers: str, length_s: float) -> list[Stage]:
    usual, most = _two(numbers)
    return [Stage(count, count, length_s) for count in (usual, most, usual)]


def _soak(numbers: str, length_s: float) -> list[Stage]:
    count = _count(numbers)
    return [Stage(count, count, length_s)]


_KINDS: dict[str, Callable[[str, float], list[Stage]]] = {
    "ramp": _ramp,
    "steps": _steps,
    "spike": _spike,
    "soak": _soak,
}


def _two(numbers: str) -> tuple[int, int]:
    parts = numbers.split("-")
    if len(parts) != 2:
        raise UsageError(f"{numbers!r} is not two numbers of viewers.", _REMEDY)
    return _count(parts[0]), _count(parts[1])


def _count(text: str) -> int:
    if not text.strip().isdecimal() or int(text) > MOST_VIEWERS:
        raise UsageError(f"{text.strip()!r} is not a number of viewers.", _REMEDY)
    return int(text)
