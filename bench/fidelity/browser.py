"""A real browser: headless Chromium with fake devices, which opens a page of the reference app and records."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import TargetError, UsageError
from bench.fidelity.case import FILTER_EVERY_S, FILTERS, Case
from bench.fidelity.fake_devices import FakeDevices

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

Report = dict[str, Any]
"""What watch.js noted inside the page."""

PATIENCE_S = 30.0
SETTLE_S = 0.7
"""Recorded beyond what is looked at, so that the last frames looked at have met their fates."""

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_INSTALL = "python -m playwright install chromium"
_WATCH = Path(__file__).parent / "watch.js"
_POLL_MS = 20.0
NICENESS = 5
"""Enough to let the app go first, and too little to starve the browser where other programs run as well."""


class Chromium:
    """The browser. Playwright belongs to one thread: every method must be called from the same one."""

    def __init__(self, devices: FakeDevices) -> None:
        self._devices = devices
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.version = ""

    def start(self) -> None:
        """Start it; raises UsageError when Playwright or a Chromium is missing."""
        try:
            from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra: the other commands do without
        except ImportError:
            raise UsageError("Playwright is not installed.", "pip install 'gradio-bench[browser]'") from None
        _step_back()
        self._playwright = sync_playwright().start()
        path = _executable(self._playwright)
        self._browser = self._playwright.chromium.launch(
            executable_path=path, args=[*_ARGUMENTS, *self._devices.arguments()], handle_sigint=False
        )
        self.version = self._browser.version

    def close(self) -> None:
        """Close it; closing twice is harmless."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        try:
            if browser is not None:
                browser.close()
        finally:
            if playwright is not None:
                playwright.stop()

    def visit(self, url: str, case: Case, begin: threading.Event, stop: threading.Event) -> Report:
        """Open the case's page and, once `begin` is set, record for its time; returns what was noted in the page.

        Raises TargetError when the page does not do what it should, or when `stop` is set meanwhile.
        """
        from playwright.sync_api import Error  # noqa: PLC0415 - see start

        assert self._browser is not None
        context = self._browser.new_context(viewport={"width": 1280, "height": 900}, base_url=url)
        try:
            page = context.new_page()
            page.set_default_timeout(PATIENCE_S * 1000)
            page.add_init_script(path=_WATCH)
            page.goto(f"/{case.page}")
            return _record(page, case, begin, stop)
        except Error as error:
            raise TargetError(f"The browser could not use {url}/{case.page}: {error.message.splitlines()[0]}") from None
        finally:
            context.close()


def _record(page: "Page", case: Case, begin: threading.Event, stop: threading.Event) -> Report:
    if case.kind == "camera":
        page.get_by_role("button", name="Click to Access Webcam").click()
        _until(page, lambda: page.evaluate("!!document.querySelector('video')?.videoWidth"), stop)
    _until(page, begin.is_set, stop)
    if case.kind == "camera":
        page.get_by_text("Record", exact=True).click()
    else:
        page.get_by_role("button", name="Record").click()
    if case.page == "filters":
        _choose(page, FILTERS[0])
    _until(page, lambda: page.evaluate("window.__fidelity.opened() > 0"), stop)
    left_s = case.seconds + SETTLE_S
    for name in FILTERS[1:] if case.page == "filters" else ():
        _wait(page, min(FILTER_EVERY_S, left_s), stop)
        left_s -= FILTER_EVERY_S
        if left_s > 0:
            _choose(page, name)
    _wait(page, max(left_s, 0.0), stop)
    report: Report = page.evaluate("window.__fidelity.report()")
    return report


def _choose(page: "Page", effect: str) -> None:
    page.get_by_label("Filter").click()
    page.get_by_role("option", name=effect).click()


def _until(page: "Page", condition: Callable[[], bool], stop: threading.Event) -> None:
    """Let the page go on until the condition holds; raises TargetError when it does not for too long."""
    until_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until_s:
            raise TargetError(f"Nothing happened on {page.url} for {PATIENCE_S:g} s.", "Close other programs.")
        _wait(page, _POLL_MS / 1000, stop)


def _wait(page: "Page", seconds: float, stop: threading.Event) -> None:
    """Let the page go on for `seconds`; raises TargetError when told to stop."""
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        if stop.is_set():
            raise TargetError("The visit was broken off.")
        page.wait_for_timeout(min(_POLL_MS, left_s * 1000))


def _step_back() -> None:
    """Give the browser, started by this thread, a lower priority than the app that both sides wait for.

    Else it would slow the app down just while its own frames are there, and not while the synthetic viewer's are.
    """
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _executable(playwright: "Playwright") -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    if not found and not Path(own).exists():
        raise UsageError("There is no Chromium on PATH, and none of Playwright's own.", _INSTALL)
    return found or own
