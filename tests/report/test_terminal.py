"""The terminal summary: every fact that matters is there, in words, whatever the console."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bench.ledger import Fate
from bench.metrics import Summary, summarise
from bench.report.terminal import render
from bench.report.words import FATES, duration, plural, setting, share
from tests.ledgers import NAN, LedgerBuilder, Turns, endpoint, meta, steady
from tests.report.hostile import hostile_run


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
    assert "8.27 s (median) against time_limit 4 s · mean 8.28 s, where the rotation law predicts 8.22 s" in words
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


def _audio(folder: Path, *fates: Fate, **stream: int) -> LedgerBuilder:
    """Build one viewer of a transcribing microphone whose chunks of a second met these fates."""
    builder = LedgerBuilder(folder, meta(endpoint("audio", kind="microphone", result="text", stream_every_s=1.0)))
    builder.span(0.0, float(len(fates)))
    builder.viewer(1, 0.0, float(len(fates)))
    builder.stream(1, 0, 0.0, 0.01, NAN, **stream)
    for frame, fate in enumerate(fates):
        builder.frame(1, frame, float(frame), fate, shown=False, join=frame == 0, sound_s=1.0)
    return builder


def test_a_microphone_tells_what_became_of_its_sound(tmp_path: Path) -> None:
    """Seconds heard and lost, each with its cause, in the words of sound: no frames, no camera and no picture."""
    heard, replaced, waiting = [Fate.DELIVERED] * 3, [Fate.OVERWRITTEN] * 2, [Fate.SKIPPED] * 3
    fates = (*heard, *replaced, *heard, *waiting, Fate.DELIVERED, Fate.REJECTED, Fate.FAILED, Fate.CUT_OFF)

    words = _words(summarise(_audio(tmp_path, *fates, Fate.IN_FLIGHT).ledger()))

    assert "The app heard 7.00 s of the 16.0 s of sound recorded: half of its chunks were answered within" in words
    assert (
        "Sound of 16.0 s recorded the app heard 7.00 s, 3.00 s thrown away while waiting for a turn, 2.00 s replaced "
        "by newer sound before the app took it, 1.00 s refused, mostly just as a turn ended, 1.00 s failed with an "
        "error, 1.00 s cut off when a turn ended, 1.00 s still under way at the end · 2 gaps in what it heard, the "
        "longest 3.00 s" in words
    )
    assert "Chunks by fate · 16 captured · books closed" in words
    assert "chunks were sent within" in words
    for absent in ("frame", "camera", "picture", "staleness", "Freezes", "screen", "shown"):
        assert absent not in words


def test_a_microphone_that_was_heard_in_full_says_so(tmp_path: Path) -> None:
    """Nothing lost is one short line; nothing heard is said as plainly."""
    all_heard = _words(summarise(_audio(tmp_path / "all", *[Fate.DELIVERED] * 4).ledger()))
    none_heard = _words(summarise(_audio(tmp_path / "none", *[Fate.OVERWRITTEN] * 4).ledger()))

    assert "The app heard all of the 4.00 s of sound recorded: half" in all_heard
    assert "Sound the app heard all of the 4.00 s recorded" in all_heard
    assert "The app heard nothing of the 4.00 s of sound recorded. 1 viewer never got one." in none_heard


def test_what_is_wrong_with_a_transcript_is_told(tmp_path: Path) -> None:
    """Lost updates and damaged stretches are in the integrity, in words."""
    words = _words(summarise(_audio(tmp_path, *[Fate.DELIVERED] * 4, lost_updates=2, damaged=1).ledger()))

    assert "a transcript went back to an older state 2 times, 1 stretch of a transcript made no word" in words


def test_results_without_marks_are_not_called_the_viewers_own(tmp_path: Path) -> None:
    """Where attribution is bounded nobody can tell whose a result was, and the summary does not say it could."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(result="text", attribution="bounded")))
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.frame(1, 1, 0.1, shown=False)

    words = _words(summarise(builder.ledger()))

    assert "cannot be told" in words
    assert "was its viewer's own" not in words


def test_what_the_app_used_is_told_per_result(tmp_path: Path) -> None:
    """Where the app was ours: its cores, its memory, and what each result cost and left behind."""
    builder = steady(tmp_path)
    for second in range(3):
        more = {"rss_bytes": 310_000_000, "threads": 54, "disk_bytes": second * 600_000}
        builder.note("app", float(second), cpu_s=second * 1.2, **more)

    words = _words(summarise(builder.ledger()))

    assert "The app used 1.20 cores (60 ms of CPU a result)" in words
    assert "needed 310.0 MB of memory and 54 threads, left 30.0 kB on disk for each result." in words


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


def test_control_codes_of_the_app_never_reach_the_terminal(tmp_path: Path) -> None:
    """An error that would clear the screen or rename the window is shown as harmless words."""
    shown = _shown(summarise(hostile_run(tmp_path)))

    assert "cleared" in shown
    assert not set("\x1b\x07\x9b\u202e") & set(shown)
