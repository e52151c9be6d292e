"""Objectives held against a run while it goes on: whether there is any use in going on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bench.live.counts import EndpointNow, Now
from bench.live.histogram import Histogram, upper_s
from bench.slo.decide import SLICES, Batches, Count
from bench.slo.figures import ERRORS, OF_SENT
from bench.slo.objectives import Objective, Slo
from bench.slo.question import check_name
from bench.words import setting

_HISTOGRAMS = {("latency_s",): "latency", ("queue_wait_s",): "wait"}


@dataclass(frozen=True, slots=True)
class Hopeless:
    """A check that has failed, by its name, and why in a sentence."""

    check: str
    why: str


@dataclass(slots=True)
class _Track:
    """What was counted of one check since the warm-up, all and wrong ones, and since when it has failed."""

    total: list[float] = field(default_factory=lambda: [0.0])
    wrong: list[float] = field(default_factory=lambda: [0.0])
    failed_since_s: float | None = None


class Watchdog:
    """Told of the counts at each look; says when a check has failed for certain for as long as the objectives allow.

    Watched are counts that must not be passed, which never get better, and those figures that the live counts hold:
    percentiles of latency and of queue waits, and the shares of frames by fate. A share or a percentile has failed for
    certain while the rule of `bench.slo.decide` says so of what was counted after the warm-up.
    """

    def __init__(self, slo: Slo, warmup_s: float) -> None:
        self._slo, self._warmup_s = slo, warmup_s
        self._tracks: dict[str, _Track] = {}
        self._start: dict[str, EndpointNow] = {}

    def look(self, now: Now, at_s: float) -> Hopeless | None:
        """Take the counts at `at_s` seconds after the run's begin; later ones start from those of the warm-up."""
        if self._slo.abort_s is None:
            return None
        if at_s < self._warmup_s or not self._start:
            self._start = {one.api_name: one for one in now.endpoints}
            return None
        for objective in self._slo.objectives:
            for name, failing in self._checks(objective, now):
                since_s = self._since(name, at_s, failing=failing)
                if since_s is not None and at_s - since_s >= self._slo.abort_s:
                    lasted = setting(round(at_s - since_s))
                    return Hopeless(
                        name, f"It had failed for certain for {lasted}, so the run was ended after {at_s:.0f} s."
                    )
        return None

    def _since(self, name: str, at_s: float, *, failing: bool) -> float | None:
        track = self._tracks.setdefault(name, _Track())
        if not failing:
            track.failed_since_s = None
        elif track.failed_since_s is None:
            track.failed_since_s = at_s
        return track.failed_since_s

    def _checks(self, objective: Objective, now: Now) -> Iterator[tuple[str, bool]]:
        """Each check of an objective that can be told from the counts, and whether it is failing."""
        if objective.figure.name == ERRORS and objective.endpoint is None:
            errors = sum(one.errors for one in now.endpoints)
            yield check_name(objective, None), objective.limit.upper_or_exact and not objective.limit.holds(errors)
            return
        for one in now.endpoints:
            if objective.endpoint in {None, one.api_name}:
                name = check_name(objective, one.api_name)
                failing = self._failing(objective, name, one)
                if failing is not None:
                    yield name, failing

    def _failing(self, objective: Objective, name: str, one: EndpointNow) -> bool | None:
        figure, limit, start = objective.figure, objective.limit, self._start.get(one.api_name)
        if figure.name == ERRORS:
            return limit.upper_or_exact and not limit.holds(one.errors)
        if figure.fate is not None and limit.unit == "count":
            gained = one.fates[figure.fate] - (start.fates[figure.fate] if start else 0)
            return limit.upper_or_exact and not limit.holds(gained)
        counted = self._counted(objective, one, start)
        return None if counted is None else self._certain(name, *counted)

    def _counted(
        self, objective: Objective, one: EndpointNow, start: EndpointNow | None
    ) -> tuple[float, float, float] | None:
        """How many there were since the warm-up, how many of them wrong, and the share that may be."""
        figure, limit = objective.figure, objective.limit
        if figure.fate is not None:
            fates = one.fates - start.fates if start else one.fates
            total = fates.total() - (fates["skipped"] if figure.name == OF_SENT else 0)
            met = fates[figure.fate]
            return total, met if limit.upper else total - met, limit.value if limit.upper else 1 - limit.value
        if figure.base in _HISTOGRAMS and figure.quantile is not None and limit.upper:
            histogram: Histogram = getattr(one, _HISTOGRAMS[figure.base])
            gained = histogram - getattr(start, _HISTOGRAMS[figure.base]) if start else histogram
            wrong = sum(number for bucket, number in gained.counts.items() if upper_s(bucket - 1) >= limit.value)
            return gained.count, wrong, 1 - figure.quantile
        return None

    def _certain(self, name: str, total: float, wrong: float, allowed: float) -> bool:
        track = self._tracks.setdefault(name, _Track())
        track.total.append(total)
        track.wrong.append(wrong)
        if not total or not 0 < allowed < 1:
            return bool(wrong) and not allowed
        place = np.linspace(0, len(track.total) - 1, SLICES + 1).round().astype(np.intp)
        batches = Batches(np.diff(np.array(track.total)[place]), np.diff(np.array(track.wrong)[place]))
        return Count(total, wrong, batches.alike(total)).decide(allowed) == "fail"
