"""The figures that can be asked about: every number of results.json by a short name, read off the Summary's types."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_type_hints

from bench.metrics import Distribution
from bench.metrics.endpoint import Endpoint, Frames
from bench.metrics.figures import App, Generator

Unit = Literal["seconds", "share", "count", "bytes", "number"]
Part = Literal["endpoint", "generator", "app", "errors"]

STATISTICS = ("mean", "p50", "p90", "p95", "p99", "max")
OF_SENT = "delivered_of_sent"
ERRORS = "errors"

_PLAIN = {"frames", "books", "parts_s", "rotation", "concurrency", "goodput", "integrity"}  # names need no prefix
_NO_RESULTS = {"settings", "changes", "error_bars"}  # what was asked for, lists, and the harness's own precision
_SHARES = {"duty_cycle", "fairness_jain", "slot_use", "busiest_core", "other_load", "good_viewers"}
_LEFT_OUT = {("goodput", "viewers"), ("max_threads",)}
_STRICT = {"cross_talk", "out_of_order", "duplicated", "state_errors", "damaged", "lost_updates", "unaccounted", ERRORS}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the results.

    `path` leads to it from its part (`latency_s.p95`), `base` to its distribution where it is a statistic of one, whose
    values are seconds. A frame's fate is a share of the frames captured (`overwritten = "< 5 %"`) or their number
    (`overwritten = "== 0"`), as the limit says.
    """

    name: str
    part: Part
    path: tuple[str, ...]
    unit: Unit
    statistic: str = ""

    @property
    def base(self) -> tuple[str, ...]:
        """The path of the distribution, or of the number itself."""
        return self.path[:-1] if self.statistic else self.path

    @property
    def quantile(self) -> float | None:
        """The share of values that a percentile is the limit of; None for what is no percentile."""
        return int(self.statistic[1:]) / 100 if self.statistic[:1] == "p" else None

    @property
    def fate(self) -> str | None:
        """The fate whose share of all frames this is; None for what counts no frames."""
        if self.name == OF_SENT:
            return "delivered"
        return self.path[1] if self.path[0] == "frames" and self.path[1] != "captured" else None

    @property
    def countable(self) -> bool:
        """Whether it may also be held against a plain number: of frames, or of viewers."""
        return self.fate is not None or self.name == "good_viewers"

    @property
    def strict(self) -> bool:
        """Whether it counts what must not be, which is so however well the load was made."""
        return self.unit == "count" and self.path[-1] in _STRICT

    def value(self, part: object) -> float | None:
        """Look it up in an Endpoint, a Generator or an App: seconds, a share, a count; None where it is not known."""
        found: Any = part
        for key in self.path:
            found = None if found is None else getattr(found, key)
        return None if found is None else float(found)


@cache
def figures() -> dict[str, Figure]:
    """Every figure by its name, those of an endpoint first."""
    found = [
        *_walk(Endpoint, "endpoint", ()),
        Figure(OF_SENT, "endpoint", ("frames", "delivered"), "share"),
        Figure(ERRORS, "errors", ("errors",), "count"),
        *_walk(Generator, "generator", ()),
        *_walk(App, "app", ()),
    ]
    return {figure.name: figure for figure in found}


def _walk(kind: Any, part: Part, path: tuple[str, ...]) -> Iterator[Figure]:
    hints = get_type_hints(kind)
    for each in fields(kind):
        here, hint = (*path, each.name), _present(hints[each.name])
        if each.name in _NO_RESULTS or here in _LEFT_OUT:
            continue
        if hint is Distribution:
            yield from (
                Figure(f"{_name(part, here)}_{name}", part, (*here, name), "seconds", name) for name in STATISTICS
            )
        elif is_dataclass(hint):
            yield from _walk(hint, part, here)
        elif hint in {int, float}:
            yield Figure(_name(part, here), part, here, _unit(kind, each.name, hint))


def _present(hint: Any) -> Any:
    """A figure's type where it is known: without its `None`."""
    if isinstance(hint, UnionType):
        known = [each for each in get_args(hint) if each is not type(None)]
        return known[0] if len(known) == 1 else hint
    return hint


def _name(part: Part, path: tuple[str, ...]) -> str:
    """The short name: the keys without their `_s`, those of well-known groups left out."""
    keys = [key for n, key in enumerate(path) if n == len(path) - 1 or key not in _PLAIN]
    keys = ["app", *(key for key in keys if key != "usage")] if part == "app" else keys
    return "_".join(key.removesuffix("_s") for key in keys)


def _unit(kind: type, name: str, hint: type) -> Unit:
    if name.endswith(("_s", "_s_per_result", "_s_per_frame")) or kind.__name__ == "SoundFates":
        return "seconds"
    if "bytes" in name or kind.__name__ == "Bytes":
        return "bytes"
    if name in _SHARES:
        return "share"
    if kind is Frames and name != "captured":
        return "share"
    return "count" if hint is int else "number"
