"""One case: a browser and a synthetic viewer on the same app at the same time, each behind a tap of its own.

At the same time, because a browser that decodes, draws and encodes takes much of a core, and would make the same app
slower for itself alone: side by side both meet one server, as busy for one as for the other.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import bench
from bench.fidelity.browser import SETTLE_S, Chromium
from bench.fidelity.browser_ledger import browser_ledger
from bench.fidelity.case import CONTROL, Case
from bench.fidelity.fake_devices import HEIGHT, WIDTH, FakeDevices
from bench.fidelity.figures import Told, tell
from bench.fidelity.tap import Tap
from bench.fidelity.traffic import Traffic, traffic
from bench.ledger import Ledger
from bench.run import RunSettings, run

QUALITY = 92
"""JPEG quality of `canvas.toDataURL("image/jpeg")` where none is given: 0.92 in Chromium."""

_LEAD_S = 2.0  # the viewer begins first, and has the first turn; the browser's click and join take a while
_SCENARIOS = Path(bench.__file__).parent.parent / "scenarios"


@dataclass(frozen=True, slots=True)
class Side:
    """One side's visit: what it tells, and what passed through its tap."""

    told: Told
    wire: Traffic


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of one case."""

    browser: Side
    harness: Side


@dataclass(frozen=True, slots=True)
class _ViewerSettings(RunSettings):
    """One synthetic viewer with a browser's JPEG quality, doing what the `user` of a scenario does."""

    scenario: str = "anything"
    user: str = "AnyViewer"

    def arguments(self) -> list[str]:
        """See RunSettings."""
        arguments = RunSettings.arguments(self)
        arguments[arguments.index("-f") + 1] = str(_SCENARIOS / f"{self.scenario}.py")
        return [*arguments, f"--quality={QUALITY}", self.user]


class Studio:
    """A browser ready to record, in the one thread that it belongs to, for as long as the `with` block lasts.

    Entering it raises UsageError when Playwright or a Chromium is missing.
    """

    def __init__(self, devices: FakeDevices) -> None:
        self._devices = devices
        self._chromium = Chromium(devices)
        self._thread = ThreadPoolExecutor(1, "browser")
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._thread.submit(self._chromium.start).result()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.submit(self._chromium.close).exception()
        self._thread.shutdown()

    @property
    def browser(self) -> str:
        """Which Chromium it is."""
        return f"Chromium {self._chromium.version}"

    def warm(self, url: str) -> None:
        """Let a browser record for a moment and forget it: the first frames of app and browser are slow ones."""
        begin = threading.Event()
        begin.set()
        self._thread.submit(self._chromium.visit, url, replace(CONTROL, seconds=1.0), begin, self._stop).result()

    def play(self, case: Case, url: str, folder: Path) -> Pair:
        """Play one case on the app at `url`; `folder` takes the files of the synthetic viewer's run.

        Raises TargetError when either side could not do its part.
        """
        begin = threading.Event()

        def watch(line: dict[str, Any]) -> None:
            if any(one["open"] or one["waiting"] for one in line.get("endpoints", ())):
                begin.set()

        with Tap(url) as ours, Tap(url) as theirs:
            visit = self._thread.submit(self._chromium.visit, theirs.url, case, begin, self._stop)
            try:
                run(_settings(case, ours.url, folder), watch)
            except BaseException:
                self._stop.set()
                visit.exception()
                raise
            page = browser_ledger(visit.result(), case, self._devices.layout)
        return Pair(self._side(case, page, theirs), self._side(case, Ledger.read(folder / "ledger"), ours))

    def _side(self, case: Case, ledger: Ledger, tap: Tap) -> Side:
        wire = traffic(tap.exchanges, self._devices.layout)
        return Side(tell(ledger, case, wire), wire)


def _settings(case: Case, url: str, folder: Path) -> RunSettings:
    return _ViewerSettings(
        target=url,
        url=True,
        viewers=1,
        duration_s=ceil(case.seconds + SETTLE_S + _LEAD_S + (case.turn_s + case.step_s if case.queue else 0)),
        warmup_s=0.0,
        endpoints=(case.page,),
        resolution=f"{WIDTH}x{HEIGHT}",
        out=folder,
        command="gradio-bench fidelity",
        scenario="change_filter" if case.page == "filters" else "anything",
        user="FilterChanger" if case.page == "filters" else "AnyViewer",
    )
