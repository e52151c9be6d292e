"""A camera's clock: every tick that was due is either called or told of, however the process is held up."""

import time

import gevent
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.load.ticker import Ticker

EVERY_S = 0.02


@settings(max_examples=15, deadline=None)
@given(
    stalls_s=st.lists(st.sampled_from([0.0, 0.005, 0.03, 0.11]), max_size=4),
    last_s=st.sampled_from([0.0, 0.01, 0.05, 0.13]),
    delay_s=st.sampled_from([0.0, 0.015, 0.3]),
)
def test_no_tick_is_forgotten_whatever_holds_the_process_up(
    stalls_s: list[float], last_s: float, delay_s: float
) -> None:
    """Ticks called and ticks missed are together all that were due by the stop, each once, none before its time."""
    called: list[tuple[int, float]] = []
    ticker = Ticker(EVERY_S, lambda frame, due_s: called.append((frame, due_s)))
    ticker.start(delay_s)
    for stall_s in stalls_s:
        gevent.sleep(EVERY_S)
        time.sleep(stall_s)  # nothing else runs meanwhile: gevent has not patched this process
    gevent.sleep(0)
    time.sleep(last_s)
    stopped_s, missed = ticker.stop()

    ticks = called + missed
    due = max(0, int((stopped_s - ticker.started_s) / EVERY_S) + 1) if stopped_s > ticker.started_s else 0
    assert [frame for frame, _ in ticks] == list(range(len(ticks)))
    assert len(ticks) == due
    assert [at_s for _, at_s in ticks] == pytest.approx([ticker.started_s + n * EVERY_S for n in range(due)])


def test_a_stopped_clock_ticks_no_more() -> None:
    """What was missed is told once, and nothing is called afterwards."""
    called: list[int] = []
    ticker = Ticker(EVERY_S, lambda frame, _due_s: called.append(frame))
    ticker.start(0.0)
    time.sleep(3 * EVERY_S)
    _, missed = ticker.stop()
    gevent.sleep(3 * EVERY_S)
    assert called == []
    assert len(missed) >= 3
    assert Ticker(EVERY_S, lambda _frame, _due_s: None).stop()[1] == []
