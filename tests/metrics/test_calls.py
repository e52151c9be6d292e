"""How long the app takes for a frame, whether frames wait for it or it waits for them."""

from pathlib import Path

import pytest

from bench.ledger import Fate
from bench.metrics import summarise
from tests.ledgers import LedgerBuilder, endpoint, meta, steady


@pytest.mark.parametrize("handler_s", [0.02, 0.09, 0.26, 0.63])
def test_it_is_the_handlers_time_at_any_pace(handler_s: float, tmp_path: Path) -> None:
    """A camera of ten frames a second before handlers fast and slow: what frames wait for each other is left out."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(result="json", attribution="exact")))
    builder.span(0.0, 20.0)
    builder.viewer(0, 0.0, 20.0)
    builder.stream(0, 0, 0.0, 0.01, 20.0)
    free_s = 0.0
    for frame in range(200):
        tick_s = frame / 10
        if free_s >= tick_s + 0.1:  # a newer one will be there before the handler is free
            builder.frame(0, frame, tick_s, Fate.OVERWRITTEN)
            continue
        free_s = max(free_s, tick_s + 0.002) + handler_s
        builder.frame(0, frame, tick_s, shown=False, result_s=free_s)
    (found,) = summarise(builder.ledger()).endpoints
    assert found.call_s == pytest.approx(handler_s, rel=0.12)
    if handler_s > 0.1:
        assert found.parts_s.serve is not None
        assert found.parts_s.serve.mean > handler_s + 0.02  # which is why the way through is not the call


def test_it_is_unknown_without_results(tmp_path: Path) -> None:
    """Nothing came back, nothing is known; in a steady run it is the way to the server and through it."""
    (steadily,) = summarise(steady(tmp_path / "steady").ledger()).endpoints
    assert steadily.call_s == pytest.approx(0.040, rel=0.001)
    builder = LedgerBuilder(tmp_path / "mute")
    builder.span(0.0, 5.0)
    assert summarise(builder.ledger()).endpoints[0].call_s is None
