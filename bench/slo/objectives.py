"""Objectives: what a file such as slo.toml asks of a run, checked for sense before anything starts."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bench.errors import UsageError
from bench.metrics.goodput import ViewerRule
from bench.slo.figures import ERRORS, Figure, figures
from bench.slo.limit import Limit, read_limit
from bench.slo.rule import read_rule
from bench.units import option, positive_seconds

ABORT, DELAY, RULE, ENDPOINT = "abort_on_fail", "abort_delay", "good_viewer", "endpoint"
DELAY_S = 10.0
"""How long a check must have failed, unless the file says otherwise, before a run is ended for it."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One line: a figure and its limit, asked of one endpoint, or of each (`endpoint` None)."""

    figure: Figure
    limit: Limit
    endpoint: str | None = None

    def __str__(self) -> str:
        return f"{self.figure.name} {self.limit}"


@dataclass(frozen=True, slots=True)
class Slo:
    """A whole file. `rules` say when a viewer is well served, by endpoint, None for all that have none of their own.

    `abort_s` is how long a check must have failed for certain before a run is ended; None lets every run go to its end.
    `text` is what was written, which a ledger keeps.
    """

    objectives: tuple[Objective, ...]
    rules: Mapping[str | None, ViewerRule]
    abort_s: float | None
    text: str

    def rule(self, api_name: str) -> ViewerRule | None:
        """The rule of an endpoint's viewers."""
        return self.rules.get(api_name, self.rules.get(None))

    def require_endpoints(self, api_names: Iterable[str]) -> None:
        """Raise UsageError where an endpoint is named that is not among these."""
        known = list(api_names)
        for name in dict.fromkeys([*(each.endpoint for each in self.objectives), *self.rules]):
            if name is not None and name not in known:
                near = get_close_matches(name, known, 1, 0.5)
                hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known) or 'none'}."
                raise UsageError(f"The objectives name an endpoint {name!r}, which is not driven.", hint)


def read_slo(path: Path) -> Slo:
    """Read a file of objectives; raises UsageError where it cannot be read, or does not make sense."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        remedy = "Name a file of objectives, or let `gradio-bench init` write one."
        raise UsageError(f"Cannot read {path}: {why}.", remedy) from None
    return option(str(path), parse_slo, text)


def parse_slo(text: str) -> Slo:
    """Read the text of a file of objectives; raises UsageError."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"This is not TOML: {error}.", 'Lines look like: latency_p95 = "< 300 ms"') from None
    tables = found.pop(ENDPOINT, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise UsageError("`endpoint` is no table.", "Write [endpoint.NAME] above the lines for one endpoint.")
    rules: dict[str | None, ViewerRule] = {}
    abort_s = _abort(found)
    objectives = list(_objectives(found, None, rules))
    for name, table in tables.items():
        objectives += _objectives(table, name.lstrip("/"), rules)
    slo = Slo(tuple(objectives), rules, abort_s, text)
    _require_sense(slo)
    return slo


def _objectives(
    table: dict[str, Any], endpoint: str | None, rules: dict[str | None, ViewerRule]
) -> Iterator[Objective]:
    for name, written in table.items():
        if name == RULE:
            rules[endpoint] = read_rule(written)
            continue
        figure = _figure(name, endpoint)
        for one in written if isinstance(written, list) else [written]:
            yield Objective(figure, read_limit(one, figure), endpoint)


def _figure(name: str, endpoint: str | None) -> Figure:
    known = figures()
    if name not in known:
        raise unknown(name, [*known, *([ABORT, DELAY, RULE] if endpoint is None else [RULE])])
    figure = known[name]
    if endpoint is not None and figure.part != "endpoint" and name != ERRORS:
        raise UsageError(
            f"{name} is no endpoint's figure.", f"Write it above the first table, not in [endpoint.{endpoint}]."
        )
    return figure


def unknown(name: str, known: Iterable[str]) -> UsageError:
    """What to say of a name that is none: the nearest one that is."""
    near = get_close_matches(name, list(known), 1, 0.6) or get_close_matches(
        name.replace("-", "_").lower(), list(known), 1, 0.4
    )
    hint = f"Did you mean {near[0]}? " if near else ""
    return UsageError(f"{name!r} is not a figure.", f"{hint}`gradio-bench gate --list` prints all of them.")


def _abort(table: dict[str, Any]) -> float | None:
    wanted, delay = table.pop(ABORT, False), table.pop(DELAY, None)
    if not isinstance(wanted, bool):
        raise UsageError(f"{ABORT}: {wanted!r} is neither true nor false.", f"Write {ABORT} = true.")
    if delay is not None and not wanted:
        raise UsageError(f"{DELAY} without {ABORT} does nothing.", f"Add {ABORT} = true, or leave it out.")
    if not wanted:
        return None
    return DELAY_S if delay is None else option(DELAY, positive_seconds, str(delay).replace(" ", ""))


def _require_sense(slo: Slo) -> None:
    if not slo.objectives:
        raise UsageError("Nothing is asked here.", 'Write at least one line, such as latency_p95 = "< 300 ms"')
    for each in slo.objectives:
        ruled = None in slo.rules if each.endpoint is None else slo.rule(each.endpoint)
        if each.figure.name == "good_viewers" and not ruled:
            raise UsageError(
                "good_viewers needs a rule that says when a viewer is well served.",
                'Add [good_viewer] at the end of the file, and below it for instance: staleness = "< 1 s"',
            )
