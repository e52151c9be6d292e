"""What all viewers of one process share: the app, the cameras, the ledger, attribution, and the live counts."""

import gc
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from functools import partial
from itertools import count
from math import inf, isnan
from random import Random
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import gevent
import psutil

from bench.errors import UsageError
from bench.ledger import Fate, LedgerWriter
from bench.live.histogram import Histogram
from bench.load.attribution import Attributor
from bench.load.entries import SentFrame
from bench.load.marked import MarkedOutputs
from bench.load.notices import preparing
from bench.load.recorders import MediaSettings, Recorders
from bench.plain import plain
from bench.wire.app import App, Endpoint
from bench.wire.profiling import fetch_traces
from bench.wire.transport import TIMEOUT_S, GeventTransport, Transport

if TYPE_CHECKING:
    from bench.load.viewer import Viewer

FLUSH_EVERY_S = 0.5
"""The ledger is written this often: a killed process loses less than its last second."""

LAG_PROBE_S = 0.1

TRACES_AFTER_S = 0.3
"""From the end of the last stream until the app's trace of it: Gradio looks for a close every so often."""

UNREACHABLE_S = 1.0
"""An app that no viewer could reach for this long at the end of a run is called gone."""

TransportFactory = Callable[[str, dict[str, str]], Transport]


class Reporter(Protocol):
    """Receives what Locust's own statistics are made of. Durations in seconds."""

    def __call__(self, kind: str, name: str, duration_s: float, size: int = 0, error: Exception | None = None) -> None:
        """Report one measured thing, or one failure."""


class StreamFailedError(Exception):
    """Why a stream or a frame failed, for Locust's table of failures."""


@dataclass(slots=True)
class EndpointCounts:
    """Live counts of one endpoint, for progress while a run goes on."""

    fates: Counter[Fate] = field(default_factory=Counter)
    latency: Histogram = field(default_factory=Histogram)
    wait: Histogram = field(default_factory=Histogram)
    waiting: int = 0
    open: int = 0
    errors: int = 0


def _no_report(kind: str, name: str, duration_s: float, size: int = 0, error: Exception | None = None) -> None:
    """Stand in for Locust where a crowd is driven without it."""


class Crowd:
    """The viewers of one process and what they share.

    Viewers without a number of their own are counted from 0.
    """

    def __init__(
        self,
        app: App,
        endpoints: tuple[Endpoint, ...],
        writer: LedgerWriter,
        *,
        recorders: Recorders | None = None,
        report: Reporter = _no_report,
        transport: TransportFactory = GeventTransport,
        explain: Callable[[], str] = str,
    ) -> None:
        self.app, self.endpoints, self.writer = app, endpoints, writer
        self.recorders = recorders or Recorders(MediaSettings())
        self.report = report
        self._explain = explain  # what a handler raised last, in the app's own words, where they can be had
        self.attributor = Attributor()
        self.counts = [EndpointCounts() for _ in endpoints]
        self.viewers: set[Viewer] = set()
        self._ghosts: list[Viewer] = []  # vanished, but their connections stay open as if nobody knew
        self._bounded: set[int] = set()
        self.marked = [MarkedOutputs(one, partial(self._marks_in, one)) for one in endpoints]
        self.over = False
        self.api_path = urlsplit(app.root).path.rstrip("/") + app.api_prefix
        self._numbers = count()
        self._transport = transport
        self.began_s = inf  # when the first camera did
        self._lag_s = 0.0
        self._process = psutil.Process()
        gc.collect()
        gc.freeze()  # a full collection over everything imported costs as much as a hundred frames
        self.unwritable: Callable[[str], object] = lambda _problem: None
        """Called once the ledger cannot be written any more, with the reason."""
        self._chores = [gevent.spawn(self._watch_loop), gevent.spawn(self._keep_ledger)]

    # For viewers ----------------------------------------------------------------------------------------------

    def admit(self, viewer: "Viewer", number: int | None) -> int:
        """Take in a new viewer and return its number; raises UsageError when no more can be told apart."""
        most = self.recorders.identities(viewer.endpoint)
        if len(self.viewers) >= most:
            raise UsageError(
                f"More than {most} viewers at once cannot be told apart.", "Use fewer, or a larger --resolution."
            )
        self.viewers.add(viewer)
        return next(self._numbers) if number is None else number

    def vanished(self, endpoint: int, viewer: "Viewer", doing: str, *, heartbeat: bool, silently: bool) -> None:
        """Record that a viewer is gone without a word, and what it was doing: "open", "waiting" or "idle"."""
        self._fate_of(endpoint, viewer, "vanished", doing=doing, heartbeat=heartbeat, silently=silently)
        if silently:
            self._ghosts.append(viewer)

    def released(self, endpoint: int, viewer: "Viewer") -> None:
        """Record that the server has let go of the stream of a viewer that had vanished silently."""
        if not self.over:
            self._fate_of(endpoint, viewer, "released")

    def _fate_of(self, endpoint: int, viewer: "Viewer", what: str, **more: str | bool) -> None:
        name = self.endpoints[endpoint].api_name
        self.writer.note({"note": what, "at_s": time.monotonic(), "endpoint": name, "viewer": viewer.number, **more})

    def dismiss(self, viewer: "Viewer") -> None:
        """Forget a viewer that has left and closed its books."""
        self.viewers.discard(viewer)

    def camera_started(self, now_s: float) -> None:
        """Note the instant the first camera began, which need not be the first viewer's: warm-up counts from there."""
        if now_s < self.began_s:
            self.began_s = now_s
            self.writer.note({"note": "started", "at_s": now_s})

    def phase_s(self, viewer: int, stream_every_s: float) -> float:
        """Delay of a viewer's first tick: cameras of different people do not tick together."""
        return Random(self.recorders.settings.seed * 1_000_003 + viewer).random() * stream_every_s

    def connect(self) -> Transport:
        """Open a transport of the viewer's own, with the app's headers and cookies on every request."""
        return self._transport(self.app.root, {**self.app.request_headers(), "x-gradio-user": "app"})

    def settled(self, endpoint: int, sent: SentFrame) -> None:
        """Count a frame whose fate is now known, and tell Locust of it."""
        assert sent.fate is not None
        counts = self.counts[endpoint]
        counts.fates[sent.fate] += 1
        if sent.fate is Fate.DELIVERED and sent.result is not None and not sent.join:
            here_s = sent.result.shown_s if sent.result.shown_s == sent.result.shown_s else sent.result.result_s
            counts.latency.record(here_s - sent.tick_s)
            self.report("FRAME", self.endpoints[endpoint].api_name, here_s - sent.tick_s, sent.result.bytes_received)

    def failed(self, endpoint: int, where: str, what: str) -> None:
        """Record an error of the app or the network: a note in the ledger, a failure for Locust."""
        name = self.endpoints[endpoint].api_name
        self.counts[endpoint].errors += 1
        if where == "handler":
            what = plain(self._explain()) or f"{what} (the app's own log tells more)"
        self.writer.note(
            {"note": "error", "at_s": time.monotonic(), "where": where, "what": what[:500], "endpoint": name}
        )
        self.report(
            "WAIT" if where == "join" else "FRAME", name, 0.0, error=StreamFailedError(f"{where}: {what[:200]}")
        )

    def changed(self, endpoint: int, label: str, pictures: int, duration_s: float) -> None:
        """Record that a changed input shows: after how many pictures, and how long."""
        name = self.endpoints[endpoint].api_name
        note = {"note": "change", "at_s": time.monotonic(), "endpoint": name, "input": label}
        self.writer.note({**note, "pictures": pictures, "duration_s": duration_s})
        self.report("CHANGE", f"{name}: {label}", duration_s)

    def bounded(self, endpoint: int) -> None:
        """Record, once, that results of an endpoint carry no mark that can be read: its attribution is bounded."""
        if endpoint not in self._bounded:
            self._bounded.add(endpoint)
            self.writer.note({"note": "bounded", "endpoint": self.endpoints[endpoint].api_name})

    def _marks_in(self, endpoint: Endpoint, output: int) -> None:
        """Record that an endpoint's marks come back in another output than the one it was described by."""
        found = endpoint.outputs[output]
        note = {"note": "marks", "endpoint": endpoint.api_name, "result": found.kind, "result_streams": found.streams}
        self.writer.note(note)

    # The end of a run -----------------------------------------------------------------------------------------

    def stopping(self) -> None:
        """Note that the run is over, and stop every camera: from here on viewers leave because of that."""
        if not self.over:
            self.over = True
            self._tell_if_unreachable()
            self.writer.note({"note": "stopping", "at_s": time.monotonic()})
            for viewer in self.viewers:
                viewer.stop()

    def _tell_if_unreachable(self) -> None:
        """Note that the app was gone at the end, where no viewer could reach it any more."""
        since = [viewer.unreachable_s for viewer in self.viewers]
        now_s = time.monotonic()
        if since and now_s - max(since) > UNREACHABLE_S and not any(map(isnan, since)):
            what = f"the app stopped answering {now_s - min(since):.0f} s before the end"
            self.writer.note({"note": "error", "at_s": now_s, "where": "app", "what": what, "endpoint": None})

    def finish(self, patience_s: float = 2.0) -> None:
        """End the run: every viewer stops ticking, waits for its last results, and closes its books."""
        self.stopping()
        for viewer in list(self.viewers):
            gevent.spawn(viewer.leave, patience_s)
        deadline_s = time.monotonic() + 3 * patience_s + 2
        while self.viewers and time.monotonic() < deadline_s:
            gevent.sleep(0.01)
        self._catch_up()
        for viewer in list(self.viewers):  # the process was held up: the books close all the same
            viewer.settle()
            gevent.spawn(viewer.hang_up)
        if self.app.profiling:
            self._note_profile()
        self.close()

    def _catch_up(self) -> None:
        """Have what came be read, where pictures came faster than their marks could be."""
        reading = gevent.spawn(self.attributor.catch_up)
        while not reading.ready():
            reading.join(1.0)
            if self.attributor.backlog:
                preparing(f"Reading the marks of {self.attributor.backlog} results that have not been read yet ...")

    def _note_profile(self) -> None:
        """Note what the app's own traces tell; a stream's trace is there a moment after its end."""
        gevent.sleep(TRACES_AFTER_S)
        traces = [astuple(trace) for trace in fetch_traces(self.app)]
        self.writer.note({"note": "profile", "at_s": time.monotonic(), "traces": traces})

    def close(self) -> None:
        """Stop the chores and close the ledger."""
        for ghost in self._ghosts:
            ghost.hang_up()
        gevent.killall(self._chores)
        self.attributor.close()
        self._sample()
        self.writer.close()

    # Chores ---------------------------------------------------------------------------------------------------

    def _watch_loop(self) -> None:
        """Measure how late the event loop wakes: the generator's own lag."""
        while True:
            due_s = time.monotonic() + LAG_PROBE_S
            gevent.sleep(LAG_PROBE_S)
            self._lag_s = max(self._lag_s, time.monotonic() - due_s)

    def _keep_ledger(self) -> None:
        while True:
            gevent.sleep(FLUSH_EVERY_S)
            self.writer.flush()
            if self.writer.problem:
                self.unwritable(self.writer.problem)
                return
            self._sample()
            silent_s = time.monotonic() - TIMEOUT_S
            for viewer in self.viewers:
                viewer.hang_up_silent(silent_s)

    def _sample(self) -> None:
        lag_s, self._lag_s = self._lag_s, 0.0
        self.writer.note(
            {
                "note": "generator",
                "at_s": time.monotonic(),
                "cpu_s": time.process_time(),
                "machine_s": _machine_s(),
                "rss_bytes": self._process.memory_info().rss,
                "loop_lag_s": lag_s,
                "backlog": self.attributor.backlog,
                "watchers": gevent.get_hub().loop.activecnt,  # one for each greenlet that waits for something
            }
        )


def _machine_s() -> float:
    """CPU seconds that all programs of this machine have used since it started, whoever they belong to."""
    times = psutil.cpu_times()
    return float(times.user + times.system)
