"""The terminal summary: every fact that matters is there, in words, whatever the console."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bench.ledger import Fate
from bench.metrics import Summary, summarise
from bench.report.terminal import render
from bench.report.words import FATES, duration, plural, setting, share
from tests.ledgers import LedgerBuilder, Turns, endpoint, meta, steady


def _shown(summary: Summary, width: int = 80, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    render(summary, Console(file=file, width=width, force_terminal=False))
    file.seek(0)
    return file.read()


def _words(summary: Summary) -> str:
    """Return what is shown, as one line: where it wraps is no concern of a fact."""
    return " ".join(_shown(summary).split())


def test_a_rotation_tells_all_that_matters(tmp_path: Path) -> None:
    """Fates with their share, closed books, latency, wait against time_limit, streams against concurrency_limit."""
    words = _words(summarise(Turns(warmup_s=10.0).write(tmp_path).ledger()))

    assert "simple · camera every 200 ms · 6 viewers" in words
    assert "books closed" in words
    assert "delivered 520 34.7 % its result came back; 520 of them shown" in words
    assert "skipped 976 65.1 % due while the viewer waited for a turn" in words
    assert "Times p50 p95 p99 max" in words
    assert "latency 50 ms 50 ms 50 ms 50 ms" in words
    assert "queue wait 8.27 s 8.34 s 8.34 s 8.34 s" in words
    assert "8.27 s (median) against time_limit 4 s · the rotation law predicts 8.22 s" in words
    assert "peak 2 against concurrency_limit 2" in words
    assert "Viewers waited 8.27 s (median) for turns of 4.19 s and were live 33.3 % of the time." in words
    assert "The generator kept up" in words


def test_every_page_has_its_own_part(tmp_path: Path) -> None:
    """Each endpoint that was visited has its table; one that was not is named, not shown as zeros."""
    builder = LedgerBuilder(tmp_path, meta(endpoint("simple"), endpoint("filters"), endpoint("unified")))
    builder.span(0.0, 1.0)
    for number in (0, 1):
        builder.viewer(number, 0.0, 1.0, endpoint=number)
        for frame in range(10):
            builder.frame(number, frame, frame / 10, endpoint=number)

    shown = _shown(summarise(builder.ledger()))

    assert shown.count("Frames by fate · 10 captured · books closed") == 2
    assert "Not measured, for no viewer came: unified." in shown


def test_every_fate_has_its_gloss(tmp_path: Path) -> None:
    """Each fate that was met is shown with a few words on what it means, and all eight have such words."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 0.8)
    for frame, fate in enumerate(Fate):
        builder.frame(1, frame, frame / 10, fate)

    words = _words(summarise(builder.ledger()))

    assert set(FATES) == {fate.name.lower() for fate in Fate}
    for name, gloss in FATES.items():
        assert f"{name} 1 12.5 % {gloss}" in words
    assert "none" not in words.partition("Times")[0].partition("captured")[2]


def test_books_that_do_not_close_are_shouted(tmp_path: Path) -> None:
    """A missing frame shows in the fates and in the generator's health."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    for frame in (0, 1, 2, 4, 5, 6, 7, 8, 9):
        builder.frame(1, frame, frame / 10)

    words = _words(summarise(builder.ledger()))

    assert "10 captured · BOOKS NOT CLOSED" in words
    assert "unaccounted 1" in words
    assert "Take these figures with care" in words
    assert "The generator kept up" not in words


def test_what_is_not_known_is_not_made_up(tmp_path: Path) -> None:
    """Limits that a URL does not tell are called that; a label has no staleness, no freezes and no fetch."""
    limits = dict.fromkeys(("time_limit_s", "concurrency_limit", "effective_limit"))
    builder = LedgerBuilder(tmp_path, meta(endpoint(result="text", attribution="bounded", **limits)))
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.stream(1, 0, 0.0, 0.01, 1.0)
    for frame in range(1, 10):
        builder.frame(1, frame, frame / 10, shown=False)

    words = _words(summarise(builder.ledger()))

    assert "no time_limit" in words
    assert "a concurrency_limit that the app does not tell" in words
    assert "at least 40 ms" in words
    for absent in ("staleness", "Freezes", "fetch", "law predicts", "of them shown", "slots in use"):
        assert absent not in words


def test_a_limit_held_lower_says_by_what(tmp_path: Path) -> None:
    """Where fewer streams can be open than the endpoint's own limit says, both numbers are shown."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(concurrency_limit=30, effective_limit=1)))
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.stream(1, 0, 0.0, 0.01, 1.0)
    builder.frame(1, 0, 0.0)

    assert "peak 1 against 1 slot (concurrency_limit 30, held lower" in _words(summarise(builder.ledger()))


def test_errors_and_wrong_results_are_told(tmp_path: Path) -> None:
    """Errors are counted by kind, and a viewer shown another's frame is never passed over."""
    builder = steady(tmp_path)
    builder.stream(1, 1, 0.0, 0.1, 9.0, cross_talk=2, out_of_order=1)
    for number in range(8):
        builder.note("error", 1.0, where="join", what=f"[HTTP] {number}", endpoint="simple")

    words = _words(summarise(builder.ledger()))

    assert "Errors · 8" in words
    assert "1 × simple, join: [HTTP] 0" in words
    assert "and 3 other kinds" in words
    assert "2 showed another viewer's frame, 1 came out of order" in words


@pytest.mark.parametrize("width", [80, 200])
def test_lines_fit_the_console(tmp_path: Path, width: int) -> None:
    """No line is wider than the console, nor than eyes follow; nothing is cut off with an ellipsis."""
    summary = summarise(Turns(warmup_s=10.0).write(tmp_path).ledger())

    lines = _shown(summary, width).splitlines()

    assert max(map(len, lines)) <= min(width, 110)
    assert "…" not in "".join(lines)


def test_plain_text_has_no_colour_and_ascii_consoles_get_ascii(tmp_path: Path) -> None:
    """Without a terminal there are no escape codes, and where the encoding has only ASCII there is only ASCII."""
    summary = summarise(Turns(seconds=20.0).write(tmp_path).ledger())

    assert "\x1b" not in _shown(summary)
    plain = _shown(summary, encoding="ascii")
    assert "camera every 200 ms | 6 viewers" in plain
    assert "frame due -> result on screen" in plain


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.0004, "0.4 ms"),
        (0.0096, "10 ms"),
        (0.0621, "62 ms"),
        (0.9996, "1.00 s"),
        (8.146, "8.15 s"),
        (61.26, "61.3 s"),
        (-0.776, "-776 ms"),
    ],
)
def test_durations_read_at_a_glance(seconds: float | None, text: str) -> None:
    """Milliseconds below a second, seconds from there, and a dash for what was not measured."""
    assert duration(seconds) == text


def test_small_shares_are_not_nothing() -> None:
    """A single frame in ten thousand is not 0 %, and all but one is not 100 %."""
    assert [share(part, 10_000) for part in (0, 1, 150, 9_999, 10_000)] == [
        "0 %",
        "<0.1 %",
        "1.5 %",
        ">99.9 %",
        "100 %",
    ]
    assert share(0, 0) == "–"


def test_settings_and_counts_read_as_people_write_them() -> None:
    """No zeros behind the point, thousands apart, one viewer and two viewers."""
    assert [setting(0.1), setting(15.0), setting(2.5)] == ["100 ms", "15 s", "2.5 s"]
    assert [plural(1, "viewer"), plural(1200, "viewer")] == ["1 viewer", "1,200 viewers"]
