"""What a Locust process does around its users: finds or deploys the app, opens a crowd for each run, reports it."""

import dataclasses
import os
import platform
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
import psutil

from bench.calibration import processor, recall
from bench.errors import UsageError
from bench.ledger import LedgerWriter, refuse_existing
from bench.load.app_error import last_raised
from bench.load.app_watch import watch_app
from bench.load.crowd import Crowd, Reporter
from bench.load.inputs import set_inputs
from bench.load.notices import notice, preparing, waiting
from bench.load.options import Options
from bench.load.recorders import Recorders, refuse_too_many, refuse_unplayable
from bench.load.target import Facts, Target
from bench.load.turns import TakeTurn, Turns
from bench.load.viewer import Viewer
from bench.wire.app import App, Endpoint, discover


@dataclass(frozen=True, slots=True)
class Part:
    """A process's part of a run: the name of its ledger file, the run's folder, where its viewers get their turns."""

    process: str
    out: Path
    take_turn: TakeTurn


class Session:
    """The app under test and, while a run goes on, its crowd.

    `objectives` is the text of what a run is to be held against, which its ledger keeps.
    A run of this process alone, or of a master, has its folder named by the options; a worker's is its Part's.
    """

    def __init__(self, options: Options, command: str) -> None:
        self.options, self.command = options, command
        self.crowd: Crowd | None = None
        self.on_death: Callable[[], Any] = lambda: None
        self.on_unwritable: Callable[[str], Any] = lambda _problem: None
        self.objectives: str | None = None
        self.out = options.out
        self._runs = 0
        self._deployed: Target | None = None
        self._found: App | None = None
        self._recorders: Recorders | None = None
        self._watch: gevent.Greenlet | None = None
        self._take_turn: TakeTurn = Turns().take

    # The app --------------------------------------------------------------------------------------------------

    def open(self, url: str | None = None) -> App:
        """Deploy the app, or find the one at `url`, and choose its endpoints.

        Raises TargetError when there is none to drive, UsageError for an endpoint it does not have.
        """
        if url is None and self.options.target.deployed:
            self._deployed = self._deploy()
        address = url or (self._deployed.url if self._deployed else self.options.target.text)
        if self._found is None or self._found.url != address:
            access = self.options.access
            patience_s = self.options.start_timeout_s
            self._found = discover(
                address, auth=access.auth, headers=access.headers, patience_s=patience_s, waiting=preparing
            )
        refuse_unplayable(self.options.media, self.app.endpoints)
        refuse_too_many(self.options.viewers or 0, self.options.media, self.app.endpoints)
        return self.app

    def prepare(self) -> None:
        """Make the cameras and microphones of this process, which may take a while where they play files.

        Raises UsageError when a file cannot be played.
        """
        self._recording().prepare(self.app.endpoints)

    @property
    def app(self) -> App:
        """The app under test with the endpoints chosen; raises UsageError before `open`, or for an unknown endpoint."""
        if self._found is None:
            raise UsageError("No app has been opened yet.", "Call open() first.")
        threads = self.facts.max_threads if self.facts else None
        return dataclasses.replace(self._found, endpoints=self._chosen(self._found), max_threads=threads)

    @property
    def facts(self) -> Facts | None:
        """What only the process that runs the app can tell: None for an app that was not deployed here."""
        return self._deployed.facts if self._deployed else None

    def close(self) -> None:
        """Take the deployed app down."""
        if self._deployed is not None:
            self._deployed.stop()
            self._deployed = None

    def _chosen(self, app: App) -> tuple[Endpoint, ...]:
        names = [endpoint.api_name for endpoint in app.endpoints]
        wanted = [name.lstrip("/") for name in self.options.endpoints]
        for name in wanted:
            if name not in names:
                raise UsageError(f"The app has no streaming endpoint {name!r}.", f"It has: {', '.join(names)}.")
        every_s = self.options.stream_every_s
        chosen = tuple(
            endpoint if every_s is None else dataclasses.replace(endpoint, stream_every_s=every_s)
            for endpoint in app.endpoints
            if not wanted or endpoint.api_name in wanted
        )
        return set_inputs(chosen, self.options.inputs)

    def _deploy(self) -> Target:
        most_s = self.options.start_timeout_s
        with waiting(f"Deploying {self.options.target}", most_s):
            return Target(self.options.target, everywhere=self.options.overrides, timeout_s=most_s).start()

    def _recording(self) -> Recorders:
        """Give the recorders of these settings, those of the run before where they are the same."""
        if self._recorders is None or self._recorders.settings != self.options.media:
            self._recorders = Recorders(self.options.media, preparing, notice)
        return self._recorders

    # One run --------------------------------------------------------------------------------------------------

    def start_run(self, report: Reporter, part: Part | None = None) -> None:
        """Open the ledger and the crowd of a new run, or a worker's part of it.

        Raises UsageError when its folder cannot take it.
        """
        part = part or self._whole()
        self.out, self._take_turn = part.out, part.take_turn
        app = self.app
        refuse_too_many(self.options.viewers or 0, self.options.media, app.endpoints)  # the web form may ask for more
        writer = LedgerWriter(self.out / "ledger", part.process, self._meta(app))
        self.crowd = Crowd(
            app,
            app.endpoints,
            writer,
            recorders=self._recording(),
            report=report,
            explain=self._raised,
        )
        self.crowd.unwritable = self.on_unwritable
        if self._deployed is not None:
            self._watch = watch_app(self._deployed, writer, self.on_death)

    def new_viewer(self, pages: Collection[str] = ()) -> Viewer | None:
        """Make a viewer of the next of these endpoints, of all where none is named; None when the run is over."""
        turn = self._take_turn(next(iter(pages)) if len(pages) == 1 else None)
        crowd = self.crowd  # a worker's turn comes from the master, and the run may have ended meanwhile
        if crowd is None or crowd.over or turn is None:
            return None
        fitting = [i for i, one in enumerate(crowd.endpoints) if not pages or one.api_name in pages]
        return Viewer(crowd, fitting[turn.place % len(fitting)], turn.number)

    def finish_run(self) -> Path | None:
        """Let the viewers leave and close the books; returns the run's folder, None when no run was under way."""
        crowd, self.crowd = self.crowd, None
        if crowd is None:
            return None
        if self._watch is not None:
            self._watch.kill()
        crowd.finish()
        return self.out

    def _raised(self) -> str:
        return last_raised(self._deployed.log_tail(100)) if self._deployed is not None else ""

    def _whole(self) -> Part:
        """Take the whole of a run: in a folder of its own, beside that of an earlier run of the same process."""
        out = self.options.out
        if self._runs:
            out = out.with_name(f"{out.name}-{self._runs + 1}")
        self._runs += 1
        refuse_existing(out)
        return Part("0", out, Turns().take)

    def _meta(self, app: App) -> dict[str, Any]:
        options = self.options
        return {
            "run": {
                "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "duration_s": None if options.duration_s is None else options.duration_s - options.warmup_s,
                "warmup_s": options.warmup_s,
                "viewers": options.viewers,
                "shape": options.shape.text if options.shape else None,
                "seed": options.media.seed,
                "command": self.command,
                "host": _host(),
                "resolution": f"{options.media.width}x{options.media.height}",
                "target": str(options.target),
                "slo": self.objectives,
            },
            "app": {
                "url": app.url,
                "gradio_version": app.gradio_version,
                "gradio_client_version": app.gradio_client_version,
                "ssr": app.ssr,
                "max_threads": app.max_threads,
            },
            "endpoints": [self._endpoint_meta(endpoint) for endpoint in app.endpoints],
            "error_bars": recall(),
        }

    def _endpoint_meta(self, endpoint: Endpoint) -> dict[str, Any]:
        known = self.facts.endpoints.get(endpoint.fn_index) if self.facts else None
        return {
            "api_name": endpoint.api_name,
            "kind": endpoint.kind,
            "attribution": endpoint.attribution,
            "result": endpoint.result,
            "result_streams": endpoint.result_streams,
            "settings": {
                "stream_every_s": endpoint.stream_every_s,
                "time_limit_s": endpoint.time_limit_s,
                "concurrency_limit": known.concurrency_limit if known else None,
                "effective_limit": known.effective_limit if known else None,
                "concurrency_id": known.concurrency_id if known else None,
            },
        }


def _host() -> dict[str, Any]:
    """Describe the machine in what matters to a figure; its name is nobody's business."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": processor(),
        "cpus": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "python": platform.python_version(),
        "clock_resolution_s": time.get_clock_info("monotonic").resolution,
    }
