"""The rotation law, against what was measured and against turns played out one by one."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.metrics import summarise
from bench.queueing import Share, granted_s, rejoin_s, rotation_wait_s, shared_wait_s
from tests.ledgers import Turns


def test_the_law_tells_what_gradio_did() -> None:
    """6 viewers on 2 slots, turns of 4.19 s, ticks of 0.2 s waited 8.13 to 8.17 s on Gradio 6.31."""
    predicted = rotation_wait_s(6, 2, 4.19, rejoin_s(0.2))

    assert predicted == pytest.approx(8.15, rel=0.02)
    assert predicted == pytest.approx(8.18)


def test_a_turn_exceeds_its_limit_by_half_a_step_on_average() -> None:
    """What the server did in 4.18 to 4.21 s, a limit of 4 s and a tick of 0.2 s, is within a tick of the law's mean."""
    assert granted_s(4.0, 0.2) == pytest.approx(4.1)
    assert all(abs(granted_s(4.0, 0.2) - measured_s) < 0.2 for measured_s in (4.18, 4.21))


def test_a_slow_handler_fills_its_turn_with_whole_calls() -> None:
    """Calls of 0.41 s fill a limit of 2 s with five of them, calls of half a second with four exactly."""
    assert granted_s(2.0, 0.25, call_s=0.41) == pytest.approx(2.05)
    assert granted_s(2.0, 0.25, call_s=0.5) == pytest.approx(2.0)


@given(viewers=st.integers(1, 50), slots=st.integers(1, 50), turn_s=st.floats(0.1, 100), every_s=st.floats(0.01, 2))
def test_waits_are_never_negative_and_grow_with_the_crowd(
    viewers: int, slots: int, turn_s: float, every_s: float
) -> None:
    """Enough slots mean no wait; one viewer more never means less of it, one slot more never means more."""
    wait_s = rotation_wait_s(viewers, slots, turn_s, every_s)

    assert wait_s == 0 if viewers <= slots else wait_s >= 0
    assert rotation_wait_s(viewers + 1, slots, turn_s, every_s) >= wait_s
    assert rotation_wait_s(viewers, slots + 1, turn_s, every_s) <= wait_s


@given(every_s=st.floats(0.01, 2), calls=st.floats(0, 10))
def test_the_way_back_to_the_queue_is_what_is_left_of_the_tick(every_s: float, calls: float) -> None:
    """A fast handler leaves the rest of the tick; one slower than the tick ends anywhere in it: half, on average."""
    assert rejoin_s(every_s, calls * every_s) == pytest.approx(every_s * (1 - calls if calls < 1 else 0.5))


@given(viewers=st.integers(1, 30), more=st.integers(1, 30), slots=st.integers(1, 10), turn_s=st.floats(1, 60))
def test_sharing_slots_is_rotation_where_turns_are_alike(viewers: int, more: int, slots: int, turn_s: float) -> None:
    """Two endpoints with equal turns wait as one endpoint with the viewers of both."""
    shared = shared_wait_s([Share(viewers, turn_s, 0.2), Share(more, turn_s, 0.2)], slots)

    assert shared == pytest.approx(rotation_wait_s(viewers + more, slots, turn_s, 0.2), abs=1e-4)


def test_longer_turns_of_others_are_waited_for() -> None:
    """Three viewers on one slot wait for two turns of the others; if those are longer, so is the wait."""
    alike = shared_wait_s([Share(1, 2.0, 0.0), Share(2, 2.0, 0.0)], 1)
    longer = shared_wait_s([Share(1, 2.0, 0.0), Share(2, 4.0, 0.0)], 1)

    assert alike == pytest.approx(4.0, abs=1e-4)
    assert 6.0 < longer < 8.0  # its own wait would be 8, that of the others 6


@settings(max_examples=15, deadline=None)
@given(slots=st.integers(1, 3), crowd=st.integers(1, 3), turn_s=st.floats(1.0, 3.0))
def test_the_law_holds_for_turns_played_out(
    tmp_path_factory: pytest.TempPathFactory, slots: int, crowd: int, turn_s: float
) -> None:
    """Settled waits of a first-come, first-served queue lie within a tick of the law, for any load and turn."""
    every_s, viewers = 0.2, slots + crowd
    round_s = viewers * (turn_s + every_s)
    turns = Turns(viewers, slots, turn_s, turn_s, every_s, seconds=4 * round_s, warmup_s=1.5 * round_s)

    waits = summarise(turns.write(tmp_path_factory.mktemp("turns")).ledger()).endpoints[0].queue_wait_s

    assert waits is not None
    assert math.isclose(waits.mean, rotation_wait_s(viewers, slots, turn_s, every_s / 2), abs_tol=every_s)


def test_waits_of_the_measured_rotation_are_reported_within_two_percent(tmp_path: Path) -> None:
    """The analysis reports the waits of a rotation like the measured one, and predicts them, within 2 %."""
    found = summarise(Turns(warmup_s=10.0).write(tmp_path).ledger()).endpoints[0]

    assert found.queue_wait_s is not None
    assert found.queue_wait_s.p50 == pytest.approx(8.2, rel=0.02)
    assert found.rotation.predicted_wait_s == pytest.approx(found.queue_wait_s.p50, rel=0.02)
    assert found.rotation.granted_s is not None
    assert found.rotation.granted_s.p50 == pytest.approx(4.19)
    assert found.concurrency.peak_active == 2
