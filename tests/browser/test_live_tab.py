"""The tab "Streams" of Locust's web UI during a run of a master and two workers, in real Chromium."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.watching import DESKTOP, PHONE, Watched
from tests.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
START_S = 120
PATIENCE_MS = 90_000
CHARTS = ["fates", "latency", "staleness", "active", "waits", "lanes"]

# The share of a chart's pixels that have one of the colours data is drawn in.
_COLOURED = """figure => {
    let coloured = 0;
    const walk = root => {
        for (const node of root.querySelectorAll("*")) {
            if (node.shadowRoot) walk(node.shadowRoot);
            if (node.tagName !== "CANVAS" || !node.width) continue;
            const pixels = node.getContext("2d").getImageData(0, 0, node.width, node.height).data;
            for (let at = 0; at < pixels.length; at += 4) {
                const pixel = pixels.slice(at, at + 3);
                coloured += pixels[at + 3] > 200 && Math.max(...pixel) - Math.min(...pixel) > 80;
            }
        }
    };
    walk(figure);
    return coloured;
}"""


@pytest.fixture(scope="module")
def locust(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a master with its page and two workers: five viewers who share two slots. Gives the page's address."""
    out = tmp_path_factory.mktemp("run")
    port, master_port = free_port(), str(free_port())
    command = [sys.executable, "-m", "locust", "-f", "scenarios/anything.py", "--processes", "2", "--autostart"]
    command += ["--web-port", str(port), "--out", str(out / "run"), "-u", "5", "-r", "5", "--endpoint", "simple"]
    command += ["--concurrency-limit", "2", "--time-limit", "4", "--stream-every", "0.25", "-t", "20m"]
    command += ["--master-port", master_port, "--master-bind-port", master_port]
    with (out / "locust.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        _await_samples(url, process)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _await_samples(url: str, process: "subprocess.Popen[bytes]", least: int = 8) -> None:
    """Wait until the run has that many seconds behind it."""
    give_up_s = time.monotonic() + START_S
    while time.monotonic() < give_up_s and process.poll() is None:
        try:
            with urlopen(f"{url}/streams/data", timeout=5) as answer:
                if json.load(answer)["last"] >= least:
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError("the run did not begin")


@pytest.fixture(params=["light", "dark"])
def tab(request: pytest.FixtureRequest, chromium: Browser, locust: str) -> Iterator[tuple[Page, FrameLocator]]:
    """Open Locust's page in one of its colour schemes, and its tab; nothing may be complained of in it."""
    context = chromium.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, color_scheme=request.param, accept_downloads=True
    )
    page = context.new_page()
    watched = Watched(page, locust)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(locust)
    page.get_by_role("tab", name="Streams").click()
    yield page, page.frame_locator("#gradio-bench-streams")
    complaints = list(watched.complaints)
    context.close()
    assert complaints == []


def test_every_chart_is_drawn_with_data(tab: tuple[Page, FrameLocator]) -> None:
    """Six charts, each with coloured pixels of its own, and figures of two open streams of two while others wait."""
    page, streams = tab
    expect(streams.locator("figure")).to_have_count(len(CHARTS), timeout=PATIENCE_MS)
    expect(streams.locator("#state")).to_contain_text("5 viewers", timeout=PATIENCE_MS)
    for name in CHARTS:
        figure = streams.locator(f"#{name}")
        figure.scroll_into_view_if_needed()
        give_up_s = time.monotonic() + PATIENCE_MS / 1000
        while (drawn := figure.evaluate(_COLOURED)) < 100 and time.monotonic() < give_up_s:
            page.wait_for_timeout(250)
        assert drawn >= 100, name
    expect(streams.locator("#figures")).to_contain_text("of 2")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_tab_steps_aside_for_the_others(tab: tuple[Page, FrameLocator]) -> None:
    """Locust's own tabs are as they were: the charts are seen in their own tab only."""
    page, _ = tab
    frame = page.locator("#gradio-bench-streams")
    expect(frame).to_be_visible()
    page.get_by_role("tab", name="Statistics").click()
    expect(frame).to_be_hidden()
    expect(page.get_by_text("Aggregated").first).to_be_visible()
    page.get_by_role("tab", name="Streams").click()
    expect(frame).to_be_visible()


def test_locusts_switch_of_colours_takes_the_charts_along(tab: tuple[Page, FrameLocator]) -> None:
    """Light turns dark and back, without a reload."""
    page, streams = tab
    theme = streams.locator("html")
    before = theme.get_attribute("data-theme")
    page.locator("header button").last.click()
    expect(theme).not_to_have_attribute("data-theme", str(before))


def test_the_report_so_far_holds_both_workers_rows(tab: tuple[Page, FrameLocator]) -> None:
    """What is downloaded while the run goes on is a report of all five viewers, and says that it is not the last."""
    page, streams = tab
    streams.get_by_text("Other files").click()
    with page.expect_download() as caught:
        streams.get_by_role("link", name="Figures (JSON)").click()
    results = json.loads(Path(caught.value.path()).read_text())
    simple = next(one for one in results["endpoints"] if one["api_name"] == "simple")
    assert simple["viewers"] == 5
    assert simple["frames"]["delivered"] > 0
    assert results["generator"]["processes"] == 2
    assert "still going on" in results["generator"]["reasons"][0]
    with page.expect_download() as caught:
        streams.get_by_role("link", name="Download the report so far").click()
    assert caught.value.suggested_filename == "gradio-bench-report.html"
    assert "<html" in Path(caught.value.path()).read_text()[:200].lower()


def test_the_page_fits_a_phone(chromium: Browser, locust: str) -> None:
    """By itself, at a phone's width, it needs no scrolling sideways."""
    context = chromium.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
    page = context.new_page()
    watched = Watched(page, locust)
    page.goto(f"{locust}/streams/")
    expect(page.locator("figure")).to_have_count(len(CHARTS), timeout=PATIENCE_MS)
    fits = watched.fits()
    context.close()
    assert fits
    assert watched.complaints == []
