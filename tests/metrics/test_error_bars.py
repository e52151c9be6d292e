"""Each run says how far its own times may be off, and which verdicts that leaves open."""

from pathlib import Path
from typing import Any

import pytest

from bench.metrics import ErrorBars, decidable, summarise
from bench.metrics.error_bars import DERIVED, SELFCHECK
from bench.report.words import error_bars as words
from tests.ledgers import LedgerBuilder, endpoint, meta, steady

BARS = {
    "latency_bias_s": 0.0002,
    "latency_p99_error_s": 0.0015,
    "queue_wait_error_s": 0.0021,
    "frames_per_s": 480.0,
    "measured_at": "2026-03-01T12:00:00+00:00",
}


def _bars(folder: Path, *kept: dict[str, Any] | None) -> ErrorBars:
    """Those of a run of one viewer, 10 frames a second, per process, which knew of these self-checks."""
    for number, bars in enumerate(kept):
        builder = LedgerBuilder(folder, meta(endpoint()) | {"error_bars": bars}, f"w{number}")
        builder.span(0.0, 5.0)
        builder.viewer(number, 0.0, 5.0)
        for frame in range(50):
            builder.frame(number, frame, frame / 10, sending_s=frame / 10 + (0.020 if frame == 9 else 0.001))
        builder.writer.close()
    return summarise(builder.ledger()).generator.error_bars


def test_a_selfcheck_of_the_machine_gives_the_bars(tmp_path: Path) -> None:
    """They are told as they were measured, with the date."""
    found = _bars(tmp_path, BARS)
    assert (found.source, found.latency_bias_s, found.measured_at) == (SELFCHECK, 0.0002, BARS["measured_at"])
    assert words(found) == (
        "latency ± 0.2 ms (99 of 100 within 1.5 ms), queue waits ± 2.1 ms, by gradio-bench selfcheck of 2026-03-01"
    )


def test_of_several_machines_the_worst_counts(tmp_path: Path) -> None:
    """Frames of several processes are mixed in one figure, which is as good as the worst of them."""
    found = _bars(tmp_path, BARS, BARS | {"latency_p99_error_s": 0.003, "frames_per_s": 80.0})
    assert (found.latency_p99_error_s, found.frames_per_s) == (0.003, 80.0)


@pytest.mark.parametrize("kept", [(None,), (BARS, None), (BARS | {"frames_per_s": 9.0},)])
def test_without_one_that_covers_the_run_they_are_derived(kept: tuple[Any, ...], tmp_path: Path) -> None:
    """No self-check, one machine without, or a rate above: how late sending was stands for them, and it says so."""
    found = _bars(tmp_path, *kept)
    assert (found.source, found.frames_per_s, found.measured_at) == (DERIVED, None, None)
    assert found.latency_bias_s == pytest.approx(0.00138, rel=0.01)
    assert found.latency_p99_error_s == pytest.approx(0.020, rel=0.01)
    assert "guess" in words(found)


def test_a_run_without_frames_has_no_bars(tmp_path: Path) -> None:
    """What was not measured is null, and nothing is said of it."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 5.0)
    found = summarise(builder.ledger()).generator.error_bars
    assert (found.latency_bias_s, found.latency_p99_error_s, words(found)) == (None, None, "")


def test_each_figure_has_its_bar(tmp_path: Path) -> None:
    """Means and medians average errors out, upper quantiles are single frames, and waits have a bar of their own."""
    bars = summarise(steady(tmp_path).ledger()).generator.error_bars
    assert bars.of("latency_s", "p50") == bars.of("staleness_s") == bars.latency_bias_s
    assert bars.of("latency_s", "p95") == bars.latency_p99_error_s
    assert bars.of("queue_wait_s", "p50") == bars.of("rotation.granted_s", "max") == bars.queue_wait_error_s


def test_a_difference_smaller_than_the_bar_decides_nothing() -> None:
    """A value within the bar of its limit is on neither side; a count has no bar."""
    assert decidable(0.300, 0.310, 0.002)
    assert not decidable(0.309, 0.310, 0.002)
    assert not decidable(0.311, 0.310, 0.002)
    assert decidable(3, 3, None)
