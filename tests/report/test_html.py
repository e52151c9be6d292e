"""report.html: whole, self-contained, escaped, and of a bearable size; tests/browser looks at it in Chromium."""

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench.metrics import summarise
from bench.metrics.window import Window
from bench.report import write_reports
from bench.report.charts import Axis, View
from bench.report.charts.screens import staleness_over_time
from bench.report.html.precision import error_bar
from tests.ledgers import LedgerBuilder, Turns, bulk, endpoint, meta, steady

HOSTILE = "</script></style><script>fetch('https://example.org')</script><img src=x onerror=alert(1)>'\"&{{ 7*7 }}"


class Page(HTMLParser):
    """A page's elements: every start tag with its attributes, scripts by their content, and all other text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a start tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note what is between tags."""
        if self.tags and self.tags[-1][0] == "script" and self.cdata_elem == "script":
            self.scripts.append((self.tags[-1][1], data))
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All text outside scripts, in one line."""
        return re.sub(r"\s+", " ", " ".join(self.words))


def report(folder: Path) -> Page:
    """Write the reports of the ledger in `folder` beside it, and read the page."""
    write_reports(folder, folder.parent)
    return Page((folder.parent / "report.html").read_text())


@pytest.fixture
def ledger_dir(tmp_path: Path) -> Path:
    """The folder of a run's ledger."""
    return tmp_path / "ledger"


def test_the_page_keeps_its_order(ledger_dir: Path) -> None:
    """The verdict comes first, then findings, figures, pictures, and how it was measured."""
    steady(ledger_dir).writer.close()
    page = report(ledger_dir)
    heads = [attributes.get("id") for tag, attributes in page.tags if tag in {"header", "section"}]
    assert heads == [None, "findings", "figures", "pictures", "measured"]
    assert page.text.index("Healthy") < page.text.index("What viewers saw") < page.text.index("All is well")


def test_nothing_is_fetched_from_elsewhere(ledger_dir: Path) -> None:
    """No element loads anything, and the policy would forbid it: only scripts of known content run."""
    steady(ledger_dir).writer.close()
    page = report(ledger_dir)
    sources = [value for _, each in page.tags for name in ("src", "href") if (value := each.get(name))]
    assert all(source.startswith(("#", "data:")) for source in sources)
    (policy,) = [str(each["content"]) for tag, each in page.tags if tag == "meta" and "http-equiv" in each]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_the_download_is_the_results(ledger_dir: Path) -> None:
    """results.json rides in the page, byte by byte what the run's folder holds."""
    steady(ledger_dir).writer.close()
    page = report(ledger_dir)
    (link,) = [str(each["href"]) for tag, each in page.tags if tag == "a" and each.get("download") == "results.json"]
    held = json.loads(base64.b64decode(link.partition("base64,")[2]))
    assert held == json.loads((ledger_dir.parent / "results.json").read_text())


def test_a_hostile_app_is_only_text(ledger_dir: Path) -> None:
    """Names, labels, errors and settings full of markup and script are read as they are, and make no element."""
    harmless, hostile = (_run(ledger_dir.parent / name, said) for name, said in (("a", "word"), ("b", HOSTILE)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in harmless.tags]
    assert [sorted(each) for _, each in hostile.tags] == [sorted(each) for _, each in harmless.tags]
    assert hostile.text.count(HOSTILE) >= 5


def _run(folder: Path, said: str) -> Page:
    described = meta(endpoint(said), endpoint(f"{said}2"), command=said, target=said)
    described["app"] |= {"url": said, "gradio_version": said}
    builder = LedgerBuilder(folder / "ledger", described)
    builder.span(0.0, 10.0)
    builder.viewer(0, 0.0, 10.0)
    builder.stream(0, 0, 0.002, 0.02, 10.0, results=100)
    for frame in range(100):
        builder.frame(0, frame, frame / 10, join=frame == 0)
    builder.note("error", 1.0, where=said, what=said, endpoint=said)
    builder.note("error", 1.0, where=said, what=said, endpoint=None)
    builder.note("change", 5.0, endpoint=said, input=said, pictures=2, duration_s=0.2)
    builder.writer.close()
    return report(folder / "ledger")


def test_every_chart_has_words_for_those_who_cannot_see_it(ledger_dir: Path) -> None:
    """A chart can be reached by the keyboard, and says in words what it shows."""
    Turns().write(ledger_dir).writer.close()
    page = report(ledger_dir)
    charts = [each for tag, each in page.tags if tag == "figure"]
    assert len(charts) >= 8
    assert all(each.get("tabindex") == "0" and len(str(each.get("aria-label"))) > 30 for each in charts)
    drawn = [each["data-chart"] for each, _ in page.scripts if "data-chart" in each]
    assert {str(name).partition("-")[2] for name in drawn} >= {
        "lanes",
        "latency",
        "fates",
        "wait",
        "active",
        "staleness",
    }


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    """A run without any viewer still makes a page, which says so."""
    builder = LedgerBuilder(tmp_path / "ledger")
    builder.span(0.0, 5.0)
    builder.writer.close()
    page = report(tmp_path / "ledger")
    assert "Nothing was measured" in page.text
    assert "No viewer came" in page.text


def test_a_hundred_thousand_frames_stay_below_six_megabytes(ledger_dir: Path) -> None:
    """Charts are drawn from aggregates: a page of 200 viewers is not much more than Bokeh itself."""
    bulk(ledger_dir, 100_000)
    report(ledger_dir)
    assert (ledger_dir.parent / "report.html").stat().st_size < 6_000_000


def test_error_bars_need_enough_results(tmp_path: Path) -> None:
    """A minute of one viewer is enough for bars, which a steady run has narrow; ten seconds are not."""
    texts = []
    for seconds in (10.0, 60.0):
        ledger = steady(tmp_path / str(seconds), viewers=1, seconds=seconds).ledger()
        view = View.of(ledger, summarise(ledger).endpoints[0], 0, Axis.of(ledger))
        texts.append(error_bar(view, Window.measured(ledger)))
    assert texts == ["too few results to give any", "p50 ± 0.0 ms, p95 ± 0.0 ms"]


def test_staleness_is_drawn_as_it_was_and_not_as_it_beats(tmp_path: Path) -> None:
    """A camera in pace with the chart's steps: each picture is 0.05 to 0.15 s old, and every step shows the oldest."""
    ledger = steady(tmp_path, seconds=120.0).ledger()
    summary = summarise(ledger)
    chart = staleness_over_time(View.of(ledger, summary.endpoints[0], 0, Axis.of(ledger)))
    drawn = chart.plot.renderers[0].data_source.data["typical"][1:-1]
    assert drawn.size > 100
    assert drawn.min() > 0.12
    assert drawn.max() < 0.16
