"""Gradio's own traces are joined with the streams they are of."""

from pathlib import Path

import pytest

from bench.metrics import summarise
from bench.report.particulars import particulars
from tests.ledgers import steady

TRACE = (200, 1.5, 0.4, 3.0, 0.6)
"""200 calls after 1.5 s in the queue; sums of seconds before, in and after the handler."""


def test_traces_are_joined_by_event_and_counted_once(tmp_path: Path) -> None:
    """Two processes noted the same traces; those of a stranger's stream, and of one before the window, are left out."""
    builder = steady(tmp_path, warmup_s=2.0)
    builder.stream(0, 1, 0.0, 0.1, 1.9, event_id=b"early")
    builder.stream(1, 1, 0.0, 0.1, 9.0, event_id=b"mine")
    for _ in range(2):
        builder.note("profile", 10.0, traces=[("mine", *TRACE), ("early", *TRACE), ("stranger", *TRACE)])
    (endpoint,) = summarise(builder.ledger()).endpoints
    found = endpoint.profile
    assert found is not None
    assert (found.streams, found.calls) == (1, 200)
    assert (found.preprocess_s, found.handler_s, found.postprocess_s) == pytest.approx((0.002, 0.015, 0.003))
    assert found.queue_wait_s is not None
    assert found.queue_wait_s.max == 1.5
    assert found.waiting_s == pytest.approx(0.038 - 0.020, abs=1e-4)
    assert dict(particulars(endpoint))["In the app"] == (
        "waiting 18 ms · preprocess 2.0 ms · handler 15 ms · postprocess 3.0 ms "
        "(means of 200 calls, by Gradio's own traces)"
    )


def test_without_traces_there_is_no_profile(tmp_path: Path) -> None:
    """Null, and no line."""
    (endpoint,) = summarise(steady(tmp_path).ledger()).endpoints
    assert endpoint.profile is None
    assert "In the app" not in dict(particulars(endpoint))
