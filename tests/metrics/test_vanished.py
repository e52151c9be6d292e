"""How long the slots of the vanished stay taken, on runs whose answer is known."""

from pathlib import Path
from typing import Any

import pytest

from bench.ledger import Outcome
from bench.metrics.vanished import Vanished, vanished
from bench.metrics.window import Window
from tests.ledgers import NAN, LedgerBuilder, endpoint, meta


@pytest.fixture
def run(tmp_path: Path) -> LedgerBuilder:
    """A run of 60 s with one slot and a time_limit of 10 s."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(time_limit_s=10.0, concurrency_limit=1, effective_limit=1)))
    builder.span(0.0, 60.0)
    return builder


def vanish(run: LedgerBuilder, viewer: int, at_s: float, **more: Any) -> None:
    """Let a viewer vanish: its connections die, and it had a heartbeat, unless `more` says otherwise."""
    said = {"doing": "open", "heartbeat": True, "silently": False, **more}
    run.note("vanished", at_s, endpoint="simple", viewer=viewer, **said)


def found(run: LedgerBuilder) -> list[Vanished]:
    """What is made of the run."""
    ledger = run.ledger()
    return vanished(ledger, 0, Window.measured(ledger))


def test_nobody_vanished(run: LedgerBuilder) -> None:
    """Then there is nothing to tell."""
    run.stream(0, 0, 0.0, 0.1, 20.0)
    assert found(run) == []


def test_the_next_in_the_queue_shows_when_the_slot_was_free(run: LedgerBuilder) -> None:
    """One slot, one waiting: from the vanishing until the other's stream opens, the slot was held."""
    run.stream(0, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 1.0, 15.0, 40.0)
    vanish(run, 0, 5.0, heartbeat=False)
    (alike,) = found(run)
    assert (alike.heartbeat, alike.silently, alike.count) == (False, False, 1)
    assert alike.held_s is not None
    assert alike.held_s.max == pytest.approx(10.0)
    assert alike.at_most_s is alike.at_least_s is None


def test_a_slot_that_nobody_waited_for_has_an_upper_bound(run: LedgerBuilder) -> None:
    """Somebody joined later and got in at once: the slot was free by then, since when nobody can say."""
    run.stream(0, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 20.0, 20.1, 40.0)
    vanish(run, 0, 5.0)
    (alike,) = found(run)
    assert alike.held_s is None
    assert alike.at_most_s is not None
    assert alike.at_most_s.max == pytest.approx(15.1)


def test_a_slot_never_given_back_has_a_lower_bound(run: LedgerBuilder) -> None:
    """Somebody waited to the end of the run in vain."""
    run.stream(0, 0, 0.0, 0.1, 50.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 1.0, NAN, 60.1, outcome=Outcome.UNFINISHED)
    vanish(run, 0, 50.0)
    (alike,) = found(run)
    assert alike.held_s is alike.at_most_s is None
    assert alike.at_least_s is not None
    assert alike.at_least_s.max == pytest.approx(10.0)


def test_an_ordinary_handover_proves_nothing(tmp_path: Path) -> None:
    """With two slots, the other one changes hands twice while the first stays with the vanished viewer."""
    run = LedgerBuilder(tmp_path, meta(endpoint(time_limit_s=10.0, concurrency_limit=2, effective_limit=2)))
    run.span(0.0, 60.0)
    run.stream(0, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 0.0, 0.1, 10.005)
    run.stream(2, 0, 1.0, 10.0, 20.005)  # 5 ms before the other is seen to end
    run.stream(3, 0, 1.5, 20.0, 30.0)
    run.stream(4, 0, 2.0, 25.0, 35.0)  # nobody ended: this is the slot of the vanished
    vanish(run, 0, 5.0, heartbeat=False)
    (alike,) = found(run)
    assert alike.held_s is not None
    assert alike.held_s.max == pytest.approx(20.0)


def test_a_silent_one_hears_it_itself(run: LedgerBuilder) -> None:
    """Its connection stays open, so no queue and no limit are needed to tell; one not yet ended has a lower bound."""
    for viewer, released_s in ((0, 18.0), (1, None)):
        run.stream(viewer, 0, 0.0, 0.1, 8.0, outcome=Outcome.CLOSED)
        vanish(run, viewer, 8.0, silently=True)
        if released_s is not None:
            run.note("released", released_s, endpoint="simple", viewer=viewer)
    (alike,) = found(run)
    assert alike.count == 2
    assert alike.held_s is not None
    assert alike.at_least_s is not None
    assert alike.held_s.max == pytest.approx(10.0)
    assert alike.at_least_s.max == pytest.approx(52.0)


def test_those_who_vanished_differently_are_not_confused(tmp_path: Path) -> None:
    """Two slots held by vanished viewers, with and without heartbeat: whose was given back first is not guessed."""
    run = LedgerBuilder(tmp_path, meta(endpoint(time_limit_s=10.0, concurrency_limit=2, effective_limit=2)))
    run.span(0.0, 60.0)
    for viewer in (0, 1):
        run.stream(viewer, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
        vanish(run, viewer, 5.0, heartbeat=viewer == 0)
    run.stream(2, 0, 1.0, 5.1, 40.0)
    run.stream(3, 0, 1.0, 15.0, 40.0)
    with_heartbeat, without = found(run)
    assert (with_heartbeat.heartbeat, without.heartbeat) == (True, False)
    assert with_heartbeat.held_s is without.held_s is None
    bounds = [one.at_most_s.max for one in (with_heartbeat, without) if one.at_most_s]
    assert bounds == [pytest.approx(10.0)], "the second to be given back is bounded, the first could be either"


def test_one_that_vanished_from_the_queue_makes_times_bounds(run: LedgerBuilder) -> None:
    """The server may have opened its stream, and nobody would see: what is then measured could be its slot's."""
    run.stream(0, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 1.0, NAN, 4.0, outcome=Outcome.CLOSED)
    run.stream(2, 0, 2.0, 15.0, 40.0)
    vanish(run, 1, 4.0, doing="waiting")
    vanish(run, 0, 5.0)
    (alike,) = found(run)
    assert alike.count == 1
    assert alike.held_s is None
    assert alike.at_most_s is not None


def test_endpoints_that_share_slots_are_counted_together(tmp_path: Path) -> None:
    """The next in the queue may be another endpoint's viewer: the slots are one group's."""
    both = [endpoint(name, time_limit_s=10.0, concurrency_limit=1, effective_limit=1) for name in ("simple", "other")]
    for one in both:
        one["settings"]["concurrency_id"] = "shared"
    run = LedgerBuilder(tmp_path, meta(*both))
    run.span(0.0, 60.0)
    run.stream(0, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 1.0, 15.0, 40.0, endpoint=1)
    vanish(run, 0, 5.0)
    (alike,) = found(run)
    assert alike.held_s is not None
    assert alike.held_s.max == pytest.approx(10.0)


def test_without_a_known_limit_nothing_is_claimed(tmp_path: Path) -> None:
    """An app at a URL keeps its limit to itself."""
    run = LedgerBuilder(tmp_path, meta(endpoint(concurrency_limit=None, effective_limit=None)))
    run.span(0.0, 60.0)
    run.stream(0, 0, 0.0, 0.1, 5.0, outcome=Outcome.CLOSED)
    run.stream(1, 0, 1.0, 15.0, 40.0)
    vanish(run, 0, 5.0)
    (alike,) = found(run)
    assert alike.count == 1
    assert alike.held_s is alike.at_most_s is alike.at_least_s is None
