"""Progress of a run: a dashboard that fits its terminal, plain lines in a log."""

import io
from typing import Any

import pytest
from rich.console import Console

from bench.progress import FATES, ProgressDisplay

LINE: dict[str, Any] = {
    "phase": "running",
    "elapsed_s": 12.0,
    "viewers": 6,
    "endpoints": [
        {
            "api_name": "simple",
            "fates": {"delivered": 120, "overwritten": 30, "skipped": 849, "cut_off": 1},
            "open": 2,
            "waiting": 4,
            "limit": 2,
            "errors": 3,
            "latency_p50_s": 0.4,
            "latency_p95_s": 1.1,
            "staleness_max_s": 11.2,
        },
        {
            "api_name": "idle",
            "fates": {},
            "open": 0,
            "waiting": 0,
            "limit": None,
            "errors": 0,
            "latency_p50_s": None,
            "latency_p95_s": None,
            "staleness_max_s": None,
        },
    ],
}


def _shown(*lines: dict[str, Any], width: int = 120, terminal: bool = True) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    with ProgressDisplay(console, 35.0, 5.0, "Starting ...") as display:
        for line in lines:
            display.show(line)
    return file.getvalue()


def test_a_terminal_shows_a_line_for_each_endpoint_that_has_begun() -> None:
    """Open streams against the limit, who waits, the fates as a bar, latency with its trend, the oldest picture."""
    shown = _shown(LINE)
    assert "12 of 35 s, 6 viewers, 3 errors" in shown
    row = next(line for line in shown.splitlines() if line.startswith("simple"))
    for fact in ("2 of 2", "4", "████", "1,000", "12.0 %", "█", "400 ms", "1.10 s", "11.2 s"):
        assert fact in row
    assert "idle" not in shown


def test_a_narrow_terminal_keeps_the_figures() -> None:
    """At eighty columns the pictures go, and every figure stays on its line."""
    row = next(line for line in _shown(LINE, width=80).splitlines() if line.startswith("simple"))
    assert "█" not in row
    assert "11.2 s" in row


def test_a_log_gets_plain_lines() -> None:
    """No codes, no pictures: words that can be read, at once and then every few seconds."""
    shown = _shown(LINE, LINE, {"phase": "finishing"}, terminal=False)
    assert shown.startswith("Starting ...\n 12 of 35 s, 6 viewers, 3 errors\n")
    assert "simple: 2 of 2 open, 4 waiting · 1,000 frames, 12.0 % delivered, 3.0 % overwritten" in shown
    assert shown.count("6 viewers") == 1
    assert shown.endswith("Finishing: waiting for the last results ...\n")
    assert "\x1b" not in shown


@pytest.mark.parametrize("terminal", [True, False])
def test_names_and_notices_of_the_app_cannot_steer_the_terminal(terminal: bool) -> None:
    """Control codes in them are left out."""
    named = {**LINE, "endpoints": [{**LINE["endpoints"][0], "api_name": "bad\x1b]0;owned\x07name"}]}
    notice = {"phase": "notice", "text": "careful\x1b[2J"}
    shown = _shown(notice, named, terminal=terminal)
    assert "bad]0;ownedname" in shown
    assert "careful[2J" in shown
    assert "\x07" not in shown


def test_a_rare_fate_is_seen_in_the_bar() -> None:
    """One frame of a thousand has its own piece of the bar, and the bar is as wide as ever."""
    file = io.StringIO()
    console = Console(file=file, width=120, force_terminal=True, color_system="256")
    with ProgressDisplay(console, 35.0, 5.0, "Starting ...") as display:
        display.show(LINE)
    row = next(line for line in file.getvalue().splitlines() if "simple" in line)
    assert "38;5;208m█" in row
    assert row.count("█") >= 24
    assert set(LINE["endpoints"][0]["fates"]) <= set(FATES)
