"""Waits, turns and shares: what counts, what is censored, and what cannot be known."""

from dataclasses import asdict
from pathlib import Path

import pytest

from bench.ledger import Fate, Ledger, Outcome
from bench.metrics import Endpoint, summarise
from tests.ledgers import NAN, LedgerBuilder, Turns, endpoint, meta

NEAR = 1e-5


def _builder(folder: Path, *, viewers: int = 2, warmup_s: float = 0.0, **changes: object) -> LedgerBuilder:
    """Build a run of 10 s in which cameras record from begin to end."""
    builder = LedgerBuilder(folder, meta(endpoint(**changes), warmup_s=warmup_s))
    builder.span(0.0, 10.0)
    for viewer in range(viewers):
        builder.viewer(viewer, 0.0, 10.0)
    return builder


def _only(builder: LedgerBuilder) -> Endpoint:
    return summarise(builder.ledger()).endpoints[0]


def test_waits_count_by_the_instant_of_their_join(tmp_path: Path) -> None:
    """A wait that began in the warm-up is left out, though it ended inside the window."""
    builder = _builder(tmp_path, warmup_s=2.0)
    builder.stream(0, 0, 1.0, 5.0, 6.0, eta_s=3.0)
    builder.stream(1, 0, 3.0, 4.5, 6.0, eta_s=1.0)

    found = _only(builder)

    assert found.queue_wait_s is not None
    assert found.eta_error_s is not None
    assert (found.queue_wait_s.count, found.queue_wait_s.max) == pytest.approx((1, 1.5), abs=NEAR)
    assert (found.eta_error_s.count, found.eta_error_s.mean) == pytest.approx((1, -0.5), abs=NEAR)


def test_waits_that_had_not_ended_are_counted_not_measured(tmp_path: Path) -> None:
    """Still waiting, or let in only because others left at the end: neither is a wait, both are waiting_at_end."""
    builder = _builder(tmp_path, viewers=4)
    builder.stream(0, 0, 0.0, 1.0, 10.0, outcome=Outcome.UNFINISHED)
    builder.stream(1, 0, 3.0, NAN, 10.2, outcome=Outcome.UNFINISHED)
    builder.stream(2, 0, 4.0, 10.1, 10.2, outcome=Outcome.UNFINISHED, eta_s=1.0)
    builder.stream(3, 0, 2.0, NAN, NAN, outcome=Outcome.REJECTED)

    found = _only(builder)

    assert found.queue_wait_s is not None
    assert (found.queue_wait_s.count, found.queue_wait_s.max) == pytest.approx((1, 1.0), abs=NEAR)
    assert found.eta_error_s is None
    assert found.rotation.waiting_at_end == 2
    assert found.rotation.worst_wait_s == pytest.approx(7.0, abs=NEAR)


def test_only_turns_that_the_server_ended_tell_what_is_granted(tmp_path: Path) -> None:
    """A stream closed by its viewer or cut by the run's end is no turn; one that ended in the warm-up is not ours."""
    builder = _builder(tmp_path, warmup_s=2.0)
    builder.stream(0, 0, 0.0, 0.1, 1.9)
    builder.stream(0, 1, 2.0, 2.1, 6.3)
    builder.stream(1, 0, 2.0, 2.1, 5.0, outcome=Outcome.CLOSED)
    builder.stream(1, 1, 5.1, 5.2, 10.0, outcome=Outcome.UNFINISHED)

    granted = _only(builder).rotation.granted_s

    assert granted is not None
    assert (granted.count, granted.p50) == pytest.approx((1, 4.2), abs=NEAR)


def test_a_rejoin_gap_runs_from_one_stream_to_the_next_open_one(tmp_path: Path) -> None:
    """A refused join only lengthens the gap; another viewer's streams and the warm-up have no part in it."""
    builder = _builder(tmp_path, warmup_s=2.5)
    builder.stream(0, 0, 0.0, 0.5, 3.0)
    builder.stream(0, 1, 3.2, NAN, 3.3, outcome=Outcome.REJECTED)
    builder.stream(0, 2, 3.4, 7.0, 9.0)
    builder.stream(1, 0, 0.0, 1.0, 2.0)
    builder.stream(1, 1, 2.1, 2.7, 10.0, outcome=Outcome.UNFINISHED)

    gap = _only(builder).rotation.rejoin_gap_s

    assert gap is not None
    assert (gap.count, gap.p50) == pytest.approx((1, 4.0), abs=NEAR)


def test_time_open_is_clipped_to_the_window(tmp_path: Path) -> None:
    """Of a window of 8 s, one viewer was live 6 s and one 2 s: duty 0.5, Jain 64 / (2 × 40), 1 stream on average."""
    builder = _builder(tmp_path, warmup_s=2.0, concurrency_limit=4, effective_limit=4)
    builder.stream(0, 0, 0.0, 1.0, 8.0)
    builder.stream(1, 0, 0.0, 8.0, 12.0, outcome=Outcome.UNFINISHED)

    found = _only(builder)

    assert found.rotation.duty_cycle == pytest.approx(0.5, abs=NEAR)
    assert found.rotation.fairness_jain == pytest.approx(0.8, abs=NEAR)
    assert found.concurrency.mean_active == pytest.approx(1.0, abs=NEAR)
    assert found.concurrency.slot_use == pytest.approx(0.25, abs=NEAR)
    assert found.concurrency.peak_active == 1


def test_a_stream_that_outlives_its_viewer_is_live_only_while_he_recorded(tmp_path: Path) -> None:
    """A viewer who left after 2 s was live for 2 s of them, though the app kept his stream open for eight."""
    builder = _builder(tmp_path)
    builder.viewer(0, 0.0, 2.0)
    builder.stream(0, 0, 0.0, 0.0, 8.0)

    assert _only(builder).rotation.duty_cycle == pytest.approx(2 / (2 + 10), abs=NEAR)


@pytest.mark.parametrize(("overlap_s", "peak"), [(0.015, 1), (0.025, 2)])
def test_a_handover_seen_from_two_sides_is_not_concurrency(tmp_path: Path, overlap_s: float, peak: int) -> None:
    """Streams that overlap by 15 ms are one slot handed over; by 25 ms they are two at once."""
    builder = _builder(tmp_path)
    builder.stream(0, 0, 0.0, 0.1, 4.0)
    builder.stream(1, 0, 0.0, 4.0 - overlap_s, 8.0)

    assert _only(builder).concurrency.peak_active == peak


def test_lost_streams_are_no_empty_slots(tmp_path: Path) -> None:
    """A process that died took the rows of its open streams with it, of which its frames tell: null, not 0."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 10.0)
    builder.viewer(0, 0.0)
    builder.join_frame(0, 0, 0.0, stream=0, open_s=0.1)
    for frame in range(1, 50):
        builder.frame(0, frame, frame / 10)

    found = _only(builder)

    assert found.frames.delivered == 50
    assert set(asdict(found.concurrency).values()) == {None}
    assert (found.rotation.duty_cycle, found.rotation.fairness_jain) == (None, None)


@pytest.mark.parametrize(("machines", "peak"), [(("here", "here"), 2), (("here", "there"), None)])
def test_concurrency_is_told_for_one_clock_only(tmp_path: Path, machines: tuple[str, str], peak: int | None) -> None:
    """Two processes of one machine make one figure; those of two machines none, and what else is known stays."""
    for process, machine in enumerate(machines):
        builder = LedgerBuilder(tmp_path, process=f"w{process}", machine=machine)
        builder.span(0.0, 10.0)
        builder.viewer(process, 0.0, 10.0)
        builder.stream(process, 0, 0.0, 0.1, 9.0)
        builder.writer.close()
    summary = summarise(Ledger.read(tmp_path))
    (found,) = summary.endpoints

    assert summary.generator.machines == len(set(machines))
    assert found.concurrency.peak_active == peak
    assert (found.concurrency.slot_use is None) == (peak is None)
    assert found.rotation.duty_cycle == pytest.approx(0.89, abs=NEAR)


def test_handovers_in_a_row_do_not_add_up(tmp_path: Path) -> None:
    """Two slots handed over within 30 ms, by 15 ms each, are two streams at any time that counts."""
    builder = _builder(tmp_path, viewers=4)
    builder.stream(0, 0, 0.0, 0.1, 4.000)
    builder.stream(1, 0, 0.0, 0.1, 4.015)
    builder.stream(2, 0, 0.0, 3.985, 8.0)
    builder.stream(3, 0, 0.0, 4.000, 8.0)

    assert _only(builder).concurrency.peak_active == 2


def test_a_viewer_without_a_turn_is_unfairly_treated(tmp_path: Path) -> None:
    """One viewer live all the time and three never: Jain's index is a quarter, not 1."""
    builder = _builder(tmp_path, viewers=4)
    builder.stream(0, 0, 0.0, 0.0, 10.0)

    assert _only(builder).rotation.fairness_jain == pytest.approx(0.25, abs=NEAR)


@pytest.mark.parametrize("unknown", ["effective_limit", "time_limit_s"])
def test_what_follows_from_an_unknown_limit_is_unknown(tmp_path: Path, unknown: str) -> None:
    """Without a limit (or without one that is told) there is no prediction: null, not 0."""
    turns = Turns(seconds=20.0).write(tmp_path)
    turns.writer.close()
    ledger = turns.ledger()
    ledger.meta["endpoints"][0]["settings"][unknown] = None

    found = summarise(ledger).endpoints[0]

    assert found.rotation.predicted_wait_s is None
    assert found.queue_wait_s is not None
    if unknown == "effective_limit":
        assert found.concurrency.slot_use is None
        assert found.concurrency.peak_active == 2


def test_enough_slots_predict_no_wait(tmp_path: Path) -> None:
    """Where every viewer has a slot the law gives 0, a figure, and not null."""
    found = _only(Turns(viewers=2, slots=2, seconds=20.0).write(tmp_path))

    assert found.rotation.predicted_wait_s == 0.0


def test_an_endpoint_that_nobody_visited_has_no_figures(tmp_path: Path) -> None:
    """Null where nothing was measured: no peak of 0 streams, no prediction of 0 s."""
    builder = LedgerBuilder(tmp_path, meta(endpoint("simple"), endpoint("unified")))
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.frame(1, 0, 0.0)

    visited, idle = summarise(builder.ledger()).endpoints

    assert (visited.viewers, idle.viewers) == (1, 0)
    assert idle.concurrency.peak_active is None
    assert idle.rotation.predicted_wait_s is None
    assert (idle.latency_s, idle.staleness_s, idle.freezes, idle.fps.offered) == (None, None, None, None)


@pytest.mark.parametrize("fate", [Fate.OVERWRITTEN, Fate.UNATTRIBUTED])
def test_integrity_is_unknown_where_nothing_was_read(fate: Fate, tmp_path: Path) -> None:
    """No result, or none that could be read: whether any was another viewer's is not known, and that is no 0."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 2.0)
    builder.viewer(0, 0.0, 2.0)
    builder.stream(0, 0, 0.0, 0.1, 2.0)
    for frame in range(20):
        builder.frame(0, frame, frame / 10, fate)
    assert set(asdict(_only(builder).integrity).values()) == {None}


def test_integrity_of_results_without_marks_tells_only_what_is_certain(tmp_path: Path) -> None:
    """More results than frames are repeats, marks or no marks; that there were none of another viewer is not known."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(attribution="bounded", result="json")))
    builder.span(0.0, 2.0)
    builder.viewer(0, 0.0, 2.0)
    builder.stream(0, 0, 0.0, 0.1, 2.0, duplicated=3, results=23)
    for frame in range(20):
        builder.frame(0, frame, frame / 10, shown=False)
    found = _only(builder).integrity
    assert (found.duplicated, found.cross_talk, found.out_of_order, found.state_errors) == (3, None, None, None)


def test_integrity_leaves_out_streams_that_ended_in_the_warm_up(tmp_path: Path) -> None:
    """Sums are over streams that lasted into the window."""
    builder = _builder(tmp_path, warmup_s=2.0)
    builder.stream(0, 0, 0.0, 0.1, 1.5, cross_talk=5, state_errors=1)
    builder.stream(0, 1, 1.6, 1.7, 6.0, cross_talk=1, out_of_order=2)
    builder.stream(1, 0, 5.0, 5.1, 9.0, cross_talk=1, duplicated=3)

    found = _only(builder).integrity

    assert (found.cross_talk, found.out_of_order, found.duplicated, found.state_errors) == (2, 2, 3, None)
