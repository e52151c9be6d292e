"""Waits that the rotation law predicts, where endpoints share slots as well as where each has its own."""

from collections import defaultdict
from dataclasses import dataclass

from bench.queueing import Share, shared_wait_s


@dataclass(frozen=True, slots=True)
class Demand:
    """What one endpoint wants of its slots. `group` is its `concurrency_id`, where one is known.

    `turn` is None where its turns have no known end, `slots` where its limit is not known.
    """

    viewers: int
    slots: int | None
    group: str | None
    turn: Share | None


def predicted_waits(demands: list[Demand], max_threads: int | None) -> list[float | None]:
    """Predict the mean wait of each endpoint's viewers, in seconds.

    None where nobody came, where the limit is unknown, where nobody is ever sent away (no time_limit), and where groups
    with slots of their own compete for the app's threads: whose turn is next is then left to chance (Gradio's
    queueing.py shuffles its queues), and no law here tells of that.
    """
    groups: dict[object, list[Demand]] = defaultdict(list)
    for number, one in enumerate(demands):
        if one.viewers:
            groups[one.group or number].append(one)
    wanted = sum(min(_slots(group) or 0, sum(one.viewers for one in group)) for group in groups.values())
    if max_threads is not None and len(groups) > 1 and wanted > max_threads:
        return [None] * len(demands)
    return [_wait_s(groups[one.group or number]) if one.viewers else None for number, one in enumerate(demands)]


def group_uses(demands: list[Demand], active: list[float | None]) -> list[float | None]:
    """Share of the slots in use by all who share them, given each endpoint's mean of open streams.

    None where an endpoint shares with none, where the limit is unknown, and where one of the means is.
    """
    shared = [[n for n, other in enumerate(demands) if one.group and other.group == one.group] for one in demands]
    return [_use(_slots([demands[n] for n in group]), [active[n] for n in group]) for group in shared]


def _use(slots: int | None, active: list[float | None]) -> float | None:
    known = [one for one in active if one is not None]
    return sum(known) / slots if slots and len(active) > 1 and len(known) == len(active) else None


def _slots(group: list[Demand]) -> int | None:
    known = [one.slots for one in group if one.slots is not None]
    return min(known) if group and len(known) == len(group) else None


def _wait_s(group: list[Demand]) -> float | None:
    slots, turns = _slots(group), [one.turn for one in group if one.turn is not None]
    return shared_wait_s(turns, slots) if slots is not None and len(turns) == len(group) else None
