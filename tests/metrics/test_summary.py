"""The Summary as a whole: its window, what it says of the run, and how it scales."""

import dataclasses
import tracemalloc
from pathlib import Path

import pytest

from bench.errors import LedgerError
from bench.ledger import Ledger
from bench.metrics import summarise
from tests.ledgers import LedgerBuilder, bulk, endpoint, meta, steady


def test_the_window_lies_between_the_warm_up_and_the_end(tmp_path: Path) -> None:
    """Of 10 s with 4 s of warm-up, 6 s are measured, and frames of those only."""
    summary = summarise(steady(tmp_path, warmup_s=4.0).ledger())

    assert summary.run.measured_s == pytest.approx(6.0, abs=1e-5)
    assert summary.endpoints[0].frames.captured == 120
    assert summary.endpoints[0].latency_s is not None
    assert summary.endpoints[0].latency_s.count == 120


def test_a_run_that_ended_in_its_warm_up_measured_nothing(tmp_path: Path) -> None:
    """Nothing is measured, everything is null, and the reason is named."""
    summary = summarise(steady(tmp_path, warmup_s=20.0).ledger())

    found = summary.endpoints[0]
    assert summary.run.measured_s == 0
    assert (found.frames.captured, found.latency_s, found.fps.offered, found.rotation.duty_cycle) == (
        0,
        None,
        None,
        None,
    )
    assert "during its warm-up" in summary.generator.reasons[0]


def test_a_ledger_with_nothing_but_its_head_is_summed_up(tmp_path: Path) -> None:
    """A run that died at once gives a Summary without figures rather than an error."""
    summary = summarise(LedgerBuilder(tmp_path).ledger())

    assert summary.run.measured_s == 0
    assert not summary.generator.healthy


def test_endpoints_are_kept_apart(tmp_path: Path) -> None:
    """Frames, streams and viewers of one endpoint have no part in another's figures."""
    builder = LedgerBuilder(tmp_path, meta(endpoint("simple"), endpoint("filters")))
    builder.span(0.0, 1.0)
    for number, latency_s in enumerate((0.1, 0.3)):
        builder.viewer(number, 0.0, 1.0, endpoint=number)
        builder.stream(number, 0, 0.0, 0.0, 1.0, endpoint=number)
        for frame in range(1, 5 + number):
            builder.frame(number, frame, frame / 10, endpoint=number, shown_s=frame / 10 + latency_s)

    simple, filters = summarise(builder.ledger()).endpoints

    assert (simple.api_name, simple.frames.captured, filters.frames.captured) == ("simple", 4, 5)
    assert simple.latency_s is not None
    assert filters.latency_s is not None
    assert (simple.latency_s.max, filters.latency_s.max) == pytest.approx((0.1, 0.3), abs=1e-5)
    assert (simple.viewers, filters.concurrency.peak_active) == (1, 1)


def test_errors_alike_are_one_line(tmp_path: Path) -> None:
    """Errors are grouped by place, kind and endpoint, the most frequent first, warm-up included."""
    builder = steady(tmp_path, warmup_s=4.0)
    for at_s in (1.0, 5.0, 6.0):
        builder.note("error", at_s, where="join", what="HTTP 503", endpoint="simple")
    builder.note("error", 5.0, where="heartbeat", what="reset", endpoint=0)

    errors = [(error.where, error.what, error.endpoint, error.count) for error in summarise(builder.ledger()).errors]

    assert errors == [("join", "HTTP 503", "simple", 3), ("heartbeat", "reset", "simple", 1)]


def test_changed_inputs_are_told_by_input(tmp_path: Path) -> None:
    """How long a changed input took to show is summed up by its label, of the measured window."""
    builder = steady(tmp_path, warmup_s=4.0)
    for at_s, pictures, duration_s in ((1.0, 9, 9.0), (5.0, 2, 0.2), (6.0, 4, 0.4)):
        note = {"endpoint": "simple", "input": "filter", "pictures": pictures, "duration_s": duration_s}
        builder.note("change", at_s, **note)

    (change,) = summarise(builder.ledger()).endpoints[0].changes

    assert (change.input, change.count, change.mean_pictures) == ("filter", 2, 3.0)
    assert change.shown_after_s is not None
    assert change.shown_after_s.max == 0.4


def test_rows_of_an_endpoint_that_is_not_described_are_refused(tmp_path: Path) -> None:
    """Files of two runs in one folder are an error with a remedy, not a wrong figure."""
    builder = LedgerBuilder(tmp_path)
    builder.frame(1, 0, 0.0, endpoint=3)

    with pytest.raises(LedgerError, match="does not describe"):
        summarise(builder.ledger())


def test_a_summary_is_frozen(tmp_path: Path) -> None:
    """A Summary is a value: reports are views of it and cannot change it."""
    summary = summarise(steady(tmp_path).ledger())

    with pytest.raises(dataclasses.FrozenInstanceError):
        summary.run.measured_s = 0.0  # type: ignore[misc]  # the point of the test


def test_memory_grows_by_little_more_than_the_rows(tmp_path: Path) -> None:
    """Ten million frames must fit in 2 GB: beside the rows (86 bytes), work takes less than 110 bytes a frame."""
    frames = 400_000
    bulk(tmp_path, frames)
    ledger = Ledger.read(tmp_path)

    tracemalloc.start()
    try:
        found = summarise(ledger).endpoints[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found.frames.captured == found.frames.delivered == frames
    assert peak / frames < 110
