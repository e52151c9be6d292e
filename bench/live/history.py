"""The history of a run while it goes on: a sample each second, and what each followed viewer did when."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from bench.ledger import Fate
from bench.live.counts import EndpointNow, Now
from bench.live.histogram import Histogram

KEPT = 1800
"""Samples that are kept: half an hour of one a second. The report has the whole run."""

SAME_S = 0.25
"""A state that began this close to the one before is the same: clocks of two looks differ, and of two machines more."""

FATES = tuple(fate.name.lower() for fate in Fate)


@dataclass(frozen=True, slots=True)
class Sample:
    """One endpoint over one step, which ended at `at_s` after the run's begin.

    `fates` are frames a second. Latencies are of the frames delivered in the step, waits of those that ended in it;
    `waiting_s` is how long the one who waits longest has waited so far. None where there was none.
    """

    number: int
    at_s: float
    api_name: str
    fates: tuple[float, ...]
    latency_p50_s: float | None
    latency_p95_s: float | None
    staleness_p50_s: float | None
    staleness_max_s: float | None
    wait_p50_s: float | None
    waiting_s: float | None
    open: int
    waiting: int
    errors: int


@dataclass(slots=True)
class Span:
    """A viewer's state from `begin_s` to `end_s` after the run's begin; `sample` is the one that changed it last."""

    viewer: int
    api_name: str
    state: str
    begin_s: float
    end_s: float
    sample: int


class History:
    """Takes the counts of all processes about once a second; one for each run."""

    def __init__(self, kept: int = KEPT) -> None:
        self.now = Now()
        self.samples: deque[tuple[Sample, ...]] = deque(maxlen=kept)
        self._kept = kept
        self._taken = 0
        self._at_s = 0.0
        self._before: dict[str, EndpointNow] = {}
        self._spans: dict[int, deque[Span]] = {}

    def take(self, now: Now, at_s: float) -> None:
        """Take the counts at `at_s` seconds after the run's begin; an instant that is no later is passed over."""
        step_s = at_s - self._at_s
        if step_s <= 0:
            return
        self._taken += 1
        self.samples.append(tuple(self._sample(one, now, at_s, step_s) for one in now.endpoints))
        self._before = {one.api_name: one for one in now.endpoints}
        self._follow(now, at_s)
        self.now, self._at_s = now, at_s

    def since(self, number: int) -> dict[str, Any]:
        """Give the samples after `number` and the spans that have changed since, as plain values."""
        newer = [asdict(sample) for samples in self.samples for sample in samples if sample.number > number]
        spans = [asdict(span) for own in self._spans.values() for span in own if span.sample > number]
        return {"last": self._taken, "samples": newer, "spans": spans}

    def _sample(self, one: EndpointNow, now: Now, at_s: float, step_s: float) -> Sample:
        before = self._before.get(one.api_name)
        gained = {fate: max(0, one.fates[fate] - (before.fates[fate] if before else 0)) for fate in FATES}
        latency = one.latency - (before.latency if before else Histogram())
        wait = one.wait - (before.wait if before else Histogram())
        waits_s = [lane.age_s for lane in now.lanes if lane.api_name == one.api_name and lane.state == "waiting"]
        return Sample(
            number=self._taken,
            at_s=at_s,
            api_name=one.api_name,
            fates=tuple(gained[fate] / step_s for fate in FATES),
            latency_p50_s=latency.quantile(0.5),
            latency_p95_s=latency.quantile(0.95),
            staleness_p50_s=one.typical_s,
            staleness_max_s=one.worst_s,
            wait_p50_s=wait.quantile(0.5),
            waiting_s=max(waits_s, default=None),
            open=one.open,
            waiting=one.waiting,
            errors=one.errors - (before.errors if before else 0),
        )

    def _follow(self, now: Now, at_s: float) -> None:
        """Let each lane's last span last on, or begin another."""
        for lane in now.lanes:
            own = self._spans.setdefault(lane.viewer, deque(maxlen=self._kept))
            begin_s, last = max(0.0, at_s - lane.age_s), own[-1] if own else None
            if last is not None:
                same = (last.state, last.api_name) == (lane.state, lane.api_name)
                if same and begin_s <= last.begin_s + SAME_S:
                    last.end_s, last.sample = at_s, self._taken
                    continue
                if begin_s < last.begin_s:  # an open stream is no longer frozen
                    begin_s = last.end_s
                last.end_s, last.sample = begin_s, self._taken
            own.append(Span(lane.viewer, lane.api_name, lane.state, begin_s, at_s, self._taken))
