"""A run watched while it goes on: a sample of all processes each second, and a line for whoever started it."""

import time
from collections.abc import Callable

import gevent

from bench.ledger import Fate
from bench.live.counts import EndpointNow, Now, add_up
from bench.live.histogram import Histogram
from bench.live.history import History
from bench.live.otel import Sender
from bench.load.live import limits
from bench.load.pipe import piped, tell
from bench.load.roles import Role
from bench.load.session import Session

EVERY_S = 0.5
SAMPLE_S = 1.0
RECENT = 10
"""Looks that the quantiles of a line cover: five seconds."""


class Watch:
    """Follows one run after another. `history` is that of the latest; `runs` counts them, from 1.

    `on_look` is told of the counts at each look, and of the seconds since the run began.
    """

    def __init__(self, session: Session, role: Role) -> None:
        self._session, self._role = session, role
        self._recent: list[dict[str, Histogram]] = []
        self._started_s = time.monotonic()
        self._seen = Now()
        self.history = History()
        self.runs = 0
        self.sender: Sender | None = None
        self.on_look: Callable[[Now, float], None] = lambda _now, _elapsed_s: None

    @property
    def phase(self) -> str:
        """Tell "running", "finishing", or "idle" where no run is under way."""
        crowd = self._session.crowd
        return "idle" if crowd is None else "finishing" if crowd.over else "running"

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started_s

    def now(self) -> Now:
        """Look at all processes at once."""
        return add_up(self._role.live(), limits(self._session))

    def latest(self) -> Now:
        """Look at all processes, or at what was last seen of a run that is over."""
        return self._seen if self.phase == "idle" else self.now()

    def begin(self) -> None:
        """Follow the run that begins."""
        self.history, self.runs, self._recent = History(), self.runs + 1, []
        self._started_s = time.monotonic()
        gevent.spawn(self._work)
        if self.sender is not None:
            self.sender.begin()
            gevent.spawn(self.sender.work, gevent.sleep, lambda: self.phase != "idle")

    def _work(self) -> None:
        crowd, sampled_s = self._session.crowd, 0.0
        while self._session.crowd is crowd and crowd is not None:
            now, elapsed_s = self.now(), self.elapsed_s
            self._seen = now
            if elapsed_s - sampled_s >= SAMPLE_S:
                self.history.take(now, elapsed_s)
                sampled_s = elapsed_s
            self._tell(now, elapsed_s)
            self.on_look(now, elapsed_s)
            gevent.sleep(EVERY_S)

    def _tell(self, now: Now, elapsed_s: float) -> None:
        if not piped():
            return
        self._recent = [*self._recent, {one.api_name: one.latency for one in now.endpoints}][-RECENT:]
        line = {
            "phase": self.phase,
            "elapsed_s": elapsed_s,
            "viewers": now.viewers,
            "endpoints": [self._endpoint(one) for one in now.endpoints],
        }
        tell(line)

    def _endpoint(self, one: EndpointNow) -> dict[str, object]:
        latency = one.latency - self._recent[0].get(one.api_name, Histogram())
        return {
            "api_name": one.api_name,
            "fates": {fate.name.lower(): one.fates[fate.name.lower()] for fate in Fate if one.fates[fate.name.lower()]},
            "waiting": one.waiting,
            "open": one.open,
            "limit": one.limit,
            "errors": one.errors,
            "latency_p50_s": latency.quantile(0.5),
            "latency_p95_s": latency.quantile(0.95),
            "staleness_max_s": one.worst_s,
        }
