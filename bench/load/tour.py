"""A tour of the pages: what few users do where there are more pages than users, so that no page stays empty."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from locust.runners import WorkerRunner

from bench.load.options import run_length_s
from bench.units import seconds

STAY_S = 20.0
"""How long a visit lasts in a run without an end of its own: as long as a typical time_limit."""


@dataclass(frozen=True, slots=True)
class Tour:
    """Each user stays `stay_s` seconds on a page, then goes on to the next of `pages` in turn."""

    pages: tuple[str, ...]
    stay_s: float


def plan(environment: Any) -> Tour | None:
    """Plan a tour where a run has fewer users than page users to choose from; None where each page gets its own.

    Only users that do nothing but watch a page of their own go on one, and only where nothing else was said: all
    weights are 1, no shape, one process.
    """
    users = environment.user_classes
    wanted = getattr(environment.runner, "target_user_count", 0)
    alike = all(getattr(user, "tours", False) and user.api_name and user.weight == 1 for user in users)
    if not alike or not 0 < wanted < len(users):
        return None
    if environment.shape_class is not None or isinstance(environment.runner, WorkerRunner):
        return None
    parsed = environment.parsed_options
    length_s = run_length_s(parsed, seconds(str(parsed.warmup)))
    visits = ceil(len(users) / wanted)
    return Tour(tuple(sorted(user.api_name for user in users)), length_s / visits if length_s else STAY_S)
