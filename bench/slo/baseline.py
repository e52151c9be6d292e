"""A run held against an earlier one whose results were kept: medians, and counts of what must not be."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bench.ledger import Ledger
from bench.metrics import Endpoint, Summary
from bench.metrics.figures import Check
from bench.slo.figures import ERRORS, OF_SENT, Figure, figures
from bench.slo.judge import judge
from bench.slo.limit import Limit
from bench.slo.objectives import Objective, Slo

EFFECT = 0.25
"""How much longer a median may be than the baseline's before it counts: two runs of one app on one quiet machine are
some per cent apart, and nothing tells how far the one that was kept lay off."""

MORE_LOST = 0.01
"""How much larger a share of the frames sent may be lost."""

WEAKER = (
    "A stored baseline is weaker than both versions run side by side: the machine's mood, its other work and its "
    "packages have changed since, and one run does not tell how far it lay off itself. So only differences of "
    "{effect:.0%} and more count, and on another machine times are not compared at all."
)

_MEDIANS = ("latency_p50", "staleness_p50")
_WAIT, _REAL_WAIT_S = "queue_wait_p50", 0.5  # below it nobody waits for a turn: it is the way to the server and back
_COUNTS = ("cross_talk", "out_of_order", "state_errors", "damaged", "lost_updates", "unaccounted", ERRORS)
_MACHINE = {"system": "system", "machine": "processor", "cpu": "CPU", "cpus": "cores", "memory_bytes": "memory"}
_ROOM = 0.02  # of the memory: what a kernel keeps for itself differs from start to start


def compare(head: Summary, ledger: Ledger | None, base: Summary, effect: float = EFFECT) -> list[Check]:
    """Check a run against `base`: each median may be longer by `effect`, a share above 0, and no count higher.

    Every check is one against a limit made of the baseline's own figure, by the rules of `bench.slo.decide`; where the
    machine or the load differ, times and shares are inconclusive. Endpoints that the baseline lacks are not compared.
    """
    names = {endpoint.api_name for endpoint in head.endpoints}
    kept = [endpoint for endpoint in base.endpoints if endpoint.viewers and endpoint.api_name in names]
    found: list[Check] = []
    for endpoint in kept:
        objectives = tuple(_objectives(endpoint, base, effect))
        checks = judge(head, Slo(objectives, {}, None, ""), ledger).verdict.checks
        now = next(each for each in head.endpoints if each.api_name == endpoint.api_name)
        why = "; ".join([*_machine(head, base), *_load(head, base, now, endpoint)])
        found += [_told(check, objective, why) for check, objective in zip(checks, objectives, strict=True)]
    return found


def _objectives(endpoint: Endpoint, base: Summary, effect: float) -> Iterator[Objective]:
    known = figures()
    wait_s = known[_WAIT].value(endpoint)
    for name in (*_MEDIANS, _WAIT) if wait_s is not None and wait_s >= _REAL_WAIT_S else _MEDIANS:
        value = known[name].value(endpoint)
        if value is not None:
            yield Objective(known[name], Limit("<=", value * (1 + effect), "seconds"), endpoint.api_name)
    sent = endpoint.frames.captured - endpoint.frames.skipped
    if sent:
        least = max(0.0, endpoint.frames.delivered / sent - MORE_LOST)
        yield Objective(known[OF_SENT], Limit(">=", least, "share"), endpoint.api_name)
    for name in _COUNTS:
        value = _count(known[name], endpoint, base)
        if value is not None:
            yield Objective(known[name], Limit("<=", value, "count"), endpoint.api_name)


def _count(figure: Figure, endpoint: Endpoint, base: Summary) -> float | None:
    if figure.name == ERRORS:
        return float(sum(error.count for error in base.errors if error.endpoint == endpoint.api_name))
    return figure.value(endpoint)


def _told(check: Check, objective: Objective, why: str) -> Check:
    """Say that the limit is the baseline's; times of another machine, or under another load, tell nothing."""
    told = replace(check, name=f"{check.name}, by the baseline")
    if why and not objective.figure.strict:
        return replace(told, status="inconclusive", needed=None, needed_s=None, reason=f"Not comparable: {why}.")
    return told


def _machine(head: Summary, base: Summary) -> Iterator[str]:
    for key, word in _MACHINE.items():
        now, then = head.run.host.get(key), base.run.host.get(key)
        if now is not None and then is not None and not _same(now, then):
            yield f"the baseline's machine had another {word} ({then}, now {now})"


def _same(now: Any, then: Any) -> bool:
    if isinstance(now, int) and isinstance(then, int) and now > 10**6:
        return abs(now - then) <= _ROOM * then
    return bool(now == then)


def _load(head: Summary, base: Summary, now: Endpoint, then: Endpoint) -> Iterator[str]:
    pairs = {
        "viewers": (now.viewers, then.viewers),
        "stream_every_s": (now.settings.stream_every_s, then.settings.stream_every_s),
        "resolution": (head.run.resolution, base.run.resolution),
    }
    for word, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield f"the baseline had {word} {theirs}, now {ours}"
