"""When a viewer whose join failed tries again."""

from itertools import pairwise
from math import isnan, nan

import pytest

from bench.ledger import Outcome
from bench.load.retry import MOST_S, Retry
from bench.wire.stream import Stream

TICK_S = 0.1


def joins_within(length_s: float, outcome: Outcome) -> list[float]:
    """When a viewer joins a server that takes no join at all, ticking ten times a second."""
    retry, last, joined = Retry(TICK_S, seed=1), None, []
    for tick in range(int(length_s / TICK_S)):
        now_s = tick * TICK_S
        if retry.allows(last, now_s):
            joined.append(now_s)
            last = Stream(len(joined))
            last.end(outcome, now_s)
    return joined


@pytest.mark.parametrize("outcome", [Outcome.BROKEN, Outcome.REJECTED])
def test_joins_that_fail_come_less_and_less_often(outcome: Outcome) -> None:
    """Once more at the next tick, as a browser; then ever later, but never later than the longest wait."""
    joined = joins_within(60, outcome)
    assert joined[1] - joined[0] == pytest.approx(TICK_S)
    waits = [after - before for before, after in pairwise(joined)]
    assert max(waits) <= MOST_S + TICK_S
    assert min(waits[6:]) >= MOST_S / 2
    assert len(joined) < 60 / MOST_S * 2 + 8


@pytest.mark.parametrize("outcome", [Outcome.COMPLETED, Outcome.FAILED, Outcome.CLOSED])
def test_a_stream_that_ended_otherwise_is_followed_at_once(outcome: Outcome) -> None:
    """After a rotation, or a handler that raised, a browser joins at its next tick, however often."""
    assert len(joins_within(2, outcome)) == 20


def test_a_stream_that_opened_makes_good() -> None:
    """A server that is back is a server like any other: what failed before is forgotten."""
    retry = Retry(TICK_S, seed=1)
    for number in range(8):
        failed = Stream(number)
        failed.end(Outcome.BROKEN, float(number))
        retry.allows(failed, number + 0.01)
    assert retry.unreachable_s == 0.0
    opened = Stream(9, open_s=20.0)
    opened.end(Outcome.BROKEN, 21.0)
    assert retry.allows(opened, 21.0)
    assert isnan(retry.unreachable_s)
    again = Stream(10)
    again.end(Outcome.REJECTED, 21.1)
    assert retry.allows(again, 21.1)


def test_viewers_do_not_come_back_together() -> None:
    """What failed at one instant is tried again at many."""
    waits = set()
    for seed in range(20):
        retry = Retry(TICK_S, seed)
        for number in range(6):
            failed = Stream(number, open_s=nan)
            failed.end(Outcome.REJECTED, 0.0)
            retry.allows(failed, 0.0)
        waits.add(next(tick for tick in range(100) if retry.allows(failed, tick * TICK_S)))
    assert len(waits) > 5
