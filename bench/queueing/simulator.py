"""Simulates the viewers of an app whose settings are known: tells what the rotation law cannot."""

import math
from collections.abc import Iterator
from random import Random

import numpy as np
import simpy

from bench.queueing.ages import ages
from bench.queueing.scenario import Audience, Fates, Floats, Prediction, Scenario
from bench.queueing.server import Server
from bench.queueing.viewer import Viewer

__all__ = ["simulate"]


def simulate(scenario: Scenario, seed: int) -> tuple[Prediction, ...]:
    """Play a scenario and tell each audience's figures, in the order of `scenario.audiences`.

    The same seed gives the same figures. The server is Gradio's queue (`bench.queueing.server`) with handlers that take
    the time they are said to take: they wait for a slot, never for a core.
    """
    random = Random(seed)
    clock = simpy.Environment()
    server = Server(clock, scenario.audiences, scenario.max_threads, _child(random))
    crowds: list[list[Viewer]] = [[] for _ in scenario.audiences]
    for index, (audience, crowd) in enumerate(zip(scenario.audiences, crowds, strict=True)):
        arriving = _arrivals(audience, scenario.duration_s, _child(random))
        for first_s, stop_s in arriving:
            viewer = Viewer(audience, first_s, stop_s, window_s=scenario.warmup_s)
            crowd.append(viewer)
            clock.process(viewer.live(server, index, _child(random), scenario.duration_s))
    clock.run(until=scenario.duration_s)
    for viewer in (viewer for crowd in crowds for viewer in crowd):
        viewer.close(scenario.duration_s)
    return tuple(_predict(crowd, scenario.warmup_s, scenario.duration_s) for crowd in crowds)


def _child(random: Random) -> Random:
    """Make a generator of its own for a part of the run, so that one part's draws do not shift another's."""
    return Random(random.getrandbits(64))


def _arrivals(audience: Audience, end_s: float, random: Random) -> Iterator[tuple[float, float]]:
    """Yield the first tick and the end of each viewer: those there from the start, then those who come later."""

    def until(first_s: float) -> tuple[float, float]:
        stays_s = math.inf if audience.stay_s is None else random.expovariate(1 / audience.stay_s)
        return first_s, min(end_s, first_s + stays_s)

    for number in range(audience.viewers):
        given = number < len(audience.phases_s)
        yield until(audience.phases_s[number] if given else random.random() * audience.stream_every_s)
    comes_s = 0.0
    while audience.arrivals_per_s:
        comes_s += random.expovariate(audience.arrivals_per_s)
        if comes_s >= end_s:
            return
        yield until(comes_s)


def _predict(crowd: list[Viewer], begin_s: float, end_s: float) -> Prediction:
    """Work out an audience's figures: a wait counts by its join, a turn and a way back by the end of the stream."""
    logs = [viewer.log for viewer in crowd]
    turns = [turn for log in logs for turn in log.turns]
    fates = {name: sum(log.fates.get(name, 0) for log in logs) for name in Fates.__dataclass_fields__}
    fates["captured"] = sum(viewer.captured for viewer in crowd)
    reached = fates["delivered"] + fates["overwritten"] + fates["cut_off"]
    seen = [np.array(log.seen, dtype=np.float64).reshape(-1, 2) for log in logs]
    results = sum(int((one[:, 0] >= begin_s).sum()) for one in seen)
    open_s = sum(max(0.0, min(until_s, end_s) - max(from_s, begin_s)) for from_s, until_s in turns)
    return Prediction(
        waits_s=_spans([join for log in logs for join in log.joins if join[0] >= begin_s]),
        granted_s=_spans([turn for turn in turns if begin_s <= turn[1] < end_s]),
        rejoin_s=_spans([back for log in logs for back in log.returns if back[0] >= begin_s]),
        fates=Fates(**fates),
        overwritten=fates["overwritten"] / reached if reached else 0.0,
        results_per_s=results / (end_s - begin_s),
        staleness=ages(seen, begin_s, (viewer.stop_s for viewer in crowd)),
        peak_open=_peak(turns),
        mean_open=open_s / (end_s - begin_s),
    )


def _spans(pairs: list[tuple[float, float]]) -> Floats:
    return np.array([until_s - from_s for from_s, until_s in pairs], dtype=np.float64)


def _peak(turns: list[tuple[float, float]]) -> int:
    """Count the most streams open at once; one that ends as another opens is not open beside it."""
    steps = sorted([*((from_s, 1) for from_s, _ in turns), *((until_s, -1) for _, until_s in turns)])
    return int(max(np.cumsum([step for _, step in steps]), default=0))
