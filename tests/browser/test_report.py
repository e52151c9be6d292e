"""Reports of real runs as a person opens them: real Chromium, offline, in light, in dark and on a phone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from bench.findings.overall import BUSY_MACHINE
from tests.acceptance.conftest import ROOT, command
from tests.browser.watching import DESKTOP, PATIENCE_MS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APPS = ROOT / "tests" / "apps"
_REFERENCE = ("--endpoint", "simple")
RUNS: dict[str, tuple[str, ...]] = {
    "healthy": (*_REFERENCE, "--viewers", "1", "--stream-every", "0.5", "--warmup", "1s", "--duration", "6s"),
    "slow": (str(APPS / "slow_handler.py"), "--viewers", "2", "--warmup", "1s", "--duration", "7s"),
    "queue": (
        *(*_REFERENCE, "--viewers", "12", "--concurrency-limit", "2", "--time-limit", "1"),
        *("--stream-every", "0.25", "--warmup", "1s", "--duration", "12s"),
    ),
    "hostile": (str(APPS / "hostile.py"), "--viewers", "2", "--warmup", "1s", "--duration", "6s"),
}
EXPECTED = {
    "healthy": {"healthy"},
    "slow": {"overwritten", "lost_sound"},
    "queue": {"long_waits"},
    "hostile": {"failed"},
}
FORBIDDEN = {
    "healthy": {"overwritten", "long_waits", "failed", "cross_talk", "default_limit", "state_errors"},
    "slow": {"healthy", "long_waits", "failed", "cross_talk"},
    "queue": {"healthy", "failed", "cross_talk", "default_limit"},
    "hostile": {"healthy", "cross_talk", "long_waits"},
}
CHARTS = {"lanes", "latency", "fates", "distribution", "parts", "active", "staleness", "cpu", "memory"}

each_run = pytest.mark.parametrize("name", RUNS)

# Of each chart: its rows of data, and the share of its canvas's pixels that have a colour, not a gray.
_DRAWN = """() => {
    const canvases = node => [...node.querySelectorAll("*")].flatMap(
        each => [...(each.tagName === "CANVAS" ? [each] : []), ...(each.shadowRoot ? canvases(each.shadowRoot) : [])]);
    const coloured = canvas => {
        if (!canvas.width || !canvas.height) return 0;
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let count = 0;
        for (let at = 0; at < pixels.length; at += 4) {
            const pixel = pixels.slice(at, at + 3);
            count += pixels[at + 3] > 64 && Math.max(...pixel) - Math.min(...pixel) > 40;
        }
        return count;
    };
    const rows = id => Bokeh.documents.flatMap(one => one.roots()).filter(
        plot => plot.id === JSON.parse(document.querySelector(`[data-chart="${id}"]`).textContent).root_id
    ).flatMap(plot => plot.renderers).reduce((sum, one) => sum + (one.data_source?.get_length() ?? 0), 0);
    return Object.fromEntries([...document.querySelectorAll(".plot")].map(plot => [
        plot.id, [rows(plot.id), Math.max(0, ...canvases(plot).map(coloured))]]));
}"""
_RANGE = """id => {
    const root = JSON.parse(document.querySelector(`[data-chart="${id}"]`).textContent).root_id;
    const plot = Bokeh.documents.flatMap(one => one.roots()).find(plot => plot.id === root);
    return [plot.x_range.start, plot.x_range.end];
}"""

# Each kind of text with less than 4.5 : 1 between it and what it stands on; the formula is WCAG 2's.
_CONTRAST = """() => {
    const numbers = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const light = colour => {
        const [r, g, b] = numbers(colour).map(each => each / 255).map(
            each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = node => {
        const colour = getComputedStyle(node).backgroundColor;
        return numbers(colour)[3] === 0 && node.parentElement ? ground(node.parentElement) : colour;
    };
    const poor = new Set();
    for (const node of document.querySelectorAll("h1,h2,h3,h4,p,dt,dd,td,th,li,a,code,summary,caption")) {
        if (!node.offsetParent || !node.textContent.trim()) continue;
        const both = [light(getComputedStyle(node).color), light(ground(node))];
        const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
        if (ratio < 4.5) poor.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
    }
    return [...poor];
}"""


@dataclass(frozen=True)
class Run:
    """A run's name and what it left: the page, and results.json."""

    name: str
    page: Path
    results: dict[str, Any]


@cache
def made(name: str, folder: Path) -> Run:
    """Make one of the runs, and find its report."""
    done = command("gradio-bench", "run", *RUNS[name], "--out", name, cwd=folder)
    assert done.returncode == 0, done.stderr
    results = json.loads((folder / name / "results.json").read_text())
    return Run(name, folder / name / "report.html", results)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hold the runs of this module, each made once."""
    return tmp_path_factory.mktemp("reports")


@contextmanager
def opened(run: Run, browser: Browser, mode: str = "light") -> Iterator[Page]:
    """Open the report offline, wait until its charts are drawn; nothing may be complained of, nor asked for."""
    width, height = PHONE if mode == "phone" else DESKTOP
    scheme: Literal["dark", "light"] = "dark" if mode == "dark" else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.set_default_timeout(PATIENCE_MS)

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if request.url != run.page.as_uri() and not request.url.startswith("data:"):
            complaints.append(f"request: {request.url[:100]}")

    page.on("console", heard)
    page.on("request", asked)
    page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.goto(run.page.as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached")
    yield page
    context.close()
    assert complaints == []


@each_run
@pytest.mark.parametrize("mode", ["light", "dark", "phone"])
def test_every_chart_is_drawn_and_all_of_it_fits(name: str, mode: str, folder: Path, chromium: Browser) -> None:
    """Every chart has rows and puts colour on its canvas; nothing is wider than the window, or too pale to read.

    Text stands out from its ground by 4.5 to 1 at least (WCAG AA).
    """
    with opened(made(name, folder), chromium, mode) as page:
        page.wait_for_function(f"() => Object.values(({_DRAWN})()).every(([_, coloured]) => coloured > 50)")
        drawn = page.evaluate(_DRAWN)
        assert {chart.partition("-")[2] for chart in drawn} == CHARTS | ({"wait"} if name == "queue" else set())
        assert all(rows > 0 for rows, _ in drawn.values()), drawn
        assert page.evaluate("document.documentElement.dataset.drawn") == str(len(drawn))
        assert page.evaluate("document.documentElement.dataset.painted") == ("dark" if mode == "dark" else "light")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate(_CONTRAST) == []


@each_run
def test_the_findings_are_those_of_the_run(name: str, folder: Path, chromium: Browser) -> None:
    """The page tells every finding of results.json in its order; they are what the run was made to provoke."""
    run = made(name, folder)
    with opened(run, chromium) as page:
        shown = page.eval_on_selector_all("[data-finding]", "all => all.map(one => one.dataset.finding)")
        verdict = page.locator("h1").inner_text()
    assert shown == [one["id"] for one in run.results["findings"]]
    assert not set(shown) & FORBIDDEN[name]
    load = run.results["generator"]["other_load"]
    assert ("busy_machine" in shown) == (load is not None and load >= BUSY_MACHINE)
    if run.results["generator"]["healthy"] and "busy_machine" in shown:  # it says so, and not that all is well
        assert set(shown) >= EXPECTED[name] - {"healthy"}
        assert "healthy" not in shown
        assert {"hostile": "went wrong"}.get(name, "to change") in verdict
    elif run.results["generator"]["healthy"]:
        assert set(shown) >= EXPECTED[name]
        assert {"healthy": "Healthy", "hostile": "went wrong"}.get(name, "to change") in verdict
    else:
        assert set(shown) >= EXPECTED[name] - {"healthy"} | {"generator_unhealthy"}
        assert verdict == "Not to be relied on"


def test_what_a_hostile_app_says_is_shown_as_it_is(folder: Path, chromium: Browser) -> None:
    """Its markup is there to be read, in findings, figures and errors, and neither ran nor became an element."""
    run = made("hostile", folder)
    markup = run.results["endpoints"][0]["api_name"]
    assert "<script>" in markup
    with opened(run, chromium) as page:
        assert page.title().endswith("gradio-bench")
        assert page.locator("img").count() == 0
        assert page.locator(".finding .text", has_text=markup).count() >= 1
        assert page.locator(".endpoint h3", has_text=markup).count() == 1
        page.locator(".errors summary").click()
        assert page.locator("td.foreign", has_text=markup).first.is_visible()


def test_keys_move_a_chart(folder: Path, chromium: Browser) -> None:
    """A chart that has the focus zooms with +, moves with the arrows, and 0 brings all of it back."""
    with opened(made("queue", folder), chromium) as page:
        chart = "e0-lanes"
        whole = page.evaluate(_RANGE, chart)
        page.locator("figure.chart", has=page.locator(f"#{chart}")).focus()
        page.keyboard.press("+")
        low, high = page.evaluate(_RANGE, chart)
        assert high - low == pytest.approx((whole[1] - whole[0]) / 2)
        page.keyboard.press("ArrowRight")
        assert page.evaluate(_RANGE, chart)[0] > low
        page.keyboard.press("0")
        assert page.evaluate(_RANGE, chart) == pytest.approx(whole)


def test_it_follows_the_readers_scheme_and_prints(folder: Path, chromium: Browser) -> None:
    """A change between light and dark repaints page and charts; printed, no line of code is cut off."""
    with opened(made("queue", folder), chromium) as page:
        before = page.evaluate("document.documentElement.dataset.painted")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        other: Literal["dark", "light"] = "light" if before == "dark" else "dark"
        page.emulate_media(color_scheme=other)
        page.wait_for_selector(f'html[data-painted="{other}"]', state="attached")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
        page.emulate_media(media="print")
        cut_off = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
        assert page.eval_on_selector_all("pre", cut_off) == []
        assert page.pdf().startswith(b"%PDF")
