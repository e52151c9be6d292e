"""The generator's health: a sound run is called sound, and each way to spoil one is named with its remedy."""

from math import nan
from pathlib import Path

import pytest

from bench.findings import with_findings
from bench.ledger import Fate
from bench.metrics import Generator, summarise
from tests.ledgers import LedgerBuilder, endpoint, meta, steady


def _health(builder: LedgerBuilder) -> Generator:
    return summarise(builder.ledger()).generator


def _sample(builder: LedgerBuilder, *, cores: float, loop_lag_s: float = 0.002) -> None:
    for second in range(11):
        builder.note("generator", float(second), cpu_s=second * cores, rss_bytes=1, loop_lag_s=loop_lag_s)


def test_a_sound_run_is_healthy(tmp_path: Path) -> None:
    """A generator that sent on time, with half a core to spare, has no reasons against it, and known costs."""
    builder = steady(tmp_path)
    _sample(builder, cores=0.5)

    health = _health(builder)

    assert health.reasons == []
    assert health.healthy
    assert health.busiest_core == pytest.approx(0.5, rel=1e-3)
    assert health.cpu_s_per_frame == pytest.approx(5.0 / 200, rel=1e-3)
    assert health.send_lag_s is not None
    assert health.send_lag_s.count == 200
    assert health.processes == 1


def test_what_was_not_sampled_is_null(tmp_path: Path) -> None:
    """Without samples the generator's costs are unknown, not 0, and that alone is no reason against it."""
    health = _health(steady(tmp_path))

    assert (health.cpu_s_per_frame, health.busiest_core, health.loop_lag_s) == (None, None, None)
    assert health.healthy


def _with_late_frames(folder: Path, late: range, lag_s: float, every_s: float = 0.1) -> LedgerBuilder:
    """Build 200 frames of which those in `late` were sent `lag_s` after they were due."""
    builder = LedgerBuilder(folder, meta(endpoint(stream_every_s=every_s)))
    builder.span(0.0, 200 * every_s)
    builder.viewer(1, 0.0, 200 * every_s)
    for frame in range(200):
        tick_s = frame * every_s
        builder.frame(1, frame, tick_s, sending_s=tick_s + (lag_s if frame in late else 0.001))
    return builder


@pytest.mark.parametrize(
    ("late", "lag_s", "every_s", "healthy"),
    [
        (20, 0.060, 0.1, False),  # half a tick of 100 ms is 50 ms
        (20, 0.040, 0.1, True),
        (20, 0.090, 0.5, True),  # half a tick of 500 ms would be 250 ms …
        (20, 0.110, 0.5, False),  # … but 100 ms is what people notice
    ],
)
def test_frames_sent_late_are_the_generators_fault(
    tmp_path: Path, late: int, lag_s: float, every_s: float, healthy: bool
) -> None:
    """Frames later than half a tick, or 100 ms, all over the run make it unsound; the remedy is named."""
    health = _health(_with_late_frames(tmp_path, range(0, 200, 200 // late), lag_s, every_s))

    assert health.healthy is healthy
    if not healthy:
        assert "20 of 200 frames of simple" in health.reasons[0]
        assert "--viewers" in health.reasons[0]


@pytest.mark.parametrize(
    ("late", "healthy"),
    [
        (range(100, 105), True),  # five frames are no habit wherever they are
        (range(100, 110), True),  # nor is a stall that held up 1 in 20
        (range(60, 180, 12), False),  # the same ten, one a second, are one
        (range(100, 130), False),  # three seconds of standstill are no hiccup
    ],
)
def test_a_hiccup_does_not_spoil_a_short_run(tmp_path: Path, late: range, healthy: bool) -> None:
    """A busy machine stalls now and then: late frames spoil a run by their share, or by coming again and again."""
    assert _health(_with_late_frames(tmp_path, late, 0.4)).healthy is healthy


def test_lateness_while_viewers_arrive_wants_a_warm_up(tmp_path: Path) -> None:
    """When most late frames were due in the first seconds, the remedy is to measure later."""
    (reason,) = _health(_with_late_frames(tmp_path, range(20), 0.4)).reasons

    assert "in 2 different seconds" in reason
    assert "--warmup" in reason


@pytest.mark.parametrize(("cores", "remedy"), [(0.7, "Use --processes 2"), (0.1, "close other programs")])
def test_the_remedy_fits_what_held_the_generator_up(tmp_path: Path, cores: float, remedy: str) -> None:
    """A generator that is busy itself wants more processes; one that waited for a core wants a quieter machine."""
    builder = _with_late_frames(tmp_path, range(60, 180, 6), 0.4)
    _sample(builder, cores=cores)
    for second in range(11):
        builder.note("app", float(second), cpu_s=second * 1.8, rss_bytes=1, threads=1, disk_bytes=0)

    (reason,) = _health(builder).reasons

    assert remedy in reason
    assert ("2 cores, of which the app used 1.8" in reason) is (cores < 0.5)


def test_a_few_samples_do_not_convict_the_loop(tmp_path: Path) -> None:
    """Two samples of a crowd's arrival say nothing about the run."""
    builder = steady(tmp_path)
    for second in range(2):
        builder.note("generator", float(second), cpu_s=0.0, rss_bytes=1, loop_lag_s=0.4)

    assert _health(builder).healthy


def test_a_process_at_a_full_core_is_told_to_share(tmp_path: Path) -> None:
    """A Python process has one core: near all of it used, the remedy is --processes."""
    builder = steady(tmp_path)
    _sample(builder, cores=0.97)

    health = _health(builder)

    assert not health.healthy
    assert "97 % of a core" in health.reasons[0]
    assert "--processes 2" in health.reasons[0]


def test_each_process_is_judged_by_its_own_core(tmp_path: Path) -> None:
    """Two processes at 60 % of a core each are sound; their costs add up, their cores do not."""
    first = steady(tmp_path)
    _sample(first, cores=0.6)
    second = LedgerBuilder(tmp_path, first.meta, process="w1")
    _sample(second, cores=0.6)
    second.viewer(9, 0.0, 10.0)
    second.writer.close()

    health = _health(first)

    assert health.healthy
    assert health.processes == 2
    assert health.busiest_core == pytest.approx(0.6, rel=1e-3)
    assert health.cpu_s_per_frame == pytest.approx(12.0 / 200, rel=1e-3)


def test_a_master_without_viewers_is_no_generator_process(tmp_path: Path) -> None:
    """Only processes that had viewers count."""
    first = steady(tmp_path)
    LedgerBuilder(tmp_path, first.meta, process="master").writer.close()

    assert _health(first).processes == 1


@pytest.mark.parametrize(("lag_s", "healthy"), [(0.030, True), (0.080, False)])
def test_a_loop_that_wakes_late_times_results_late(tmp_path: Path, lag_s: float, healthy: bool) -> None:
    """When most seconds hold a late wake, latencies hold the generator's delay."""
    builder = steady(tmp_path)
    _sample(builder, cores=0.5, loop_lag_s=lag_s)

    assert _health(builder).healthy is healthy


def test_a_run_without_an_end_was_cut_short(tmp_path: Path) -> None:
    """A ledger without the end's note is still summed up, up to its last instant, and says that it was cut short."""
    builder = LedgerBuilder(tmp_path)
    builder.note("started", 0.0)
    builder.viewer(1, 0.0)
    for frame in range(50):
        builder.frame(1, frame, frame / 10)
    builder.writer.flush()
    data = builder.writer.path.read_bytes()
    builder.writer.path.write_bytes(data + b"GBL1torn")

    summary = summarise(builder.ledger())

    assert summary.run.measured_s == pytest.approx(4.9, abs=1e-3)
    assert summary.endpoints[0].frames.delivered == 49
    assert ["cut short" in reason for reason in summary.generator.reasons] == [True, False]
    assert "(w0)" in summary.generator.reasons[1]


def test_a_viewer_whose_process_died_is_missed(tmp_path: Path) -> None:
    """Where the run ended well but a viewer's last row is missing, its process did not end well."""
    builder = steady(tmp_path)
    builder.viewer(7, 0.0)

    health = _health(builder)

    assert not health.healthy
    assert "1 viewer " in health.reasons[0]


def test_frames_that_could_not_be_sent_before_the_end_were_late_until_then(tmp_path: Path) -> None:
    """A generator held up at the end sent nothing late, for it sent nothing: that is no better."""
    builder = LedgerBuilder(tmp_path, meta(endpoint()))
    builder.span(0.0, 20.0)
    builder.viewer(1, 0.0, 20.0)
    for frame in range(200):
        builder.frame(1, frame, frame / 10, Fate.DELIVERED if frame < 180 else Fate.IN_FLIGHT, sending_s=nan)
    for frame in range(180):
        builder.frame(2, frame, frame / 10, sending_s=frame / 10)

    health = _health(builder)

    assert health.send_lag_s is not None
    assert health.send_lag_s.max == pytest.approx(2.0)
    assert any("more than 50 ms" in reason for reason in health.reasons)


@pytest.mark.parametrize(("watched", "load"), [(True, (1.4 - 0.1 - 0.3) / 2), (False, None)])
def test_what_other_programs_used_is_told(tmp_path: Path, watched: bool, load: float | None) -> None:
    """Of the machine's time, what neither the viewers nor the app used; unknown where nobody watched the app."""
    builder = steady(tmp_path)
    for second in range(11):
        used = {"cpu_s": 0.1 * second, "rss_bytes": 1, "loop_lag_s": 0.0}
        builder.note("generator", float(second), **used, machine_s=100 + 1.4 * second)
        if watched:
            builder.note("app", float(second), cpu_s=0.3 * second, rss_bytes=1, threads=1, disk_bytes=None)

    summary = with_findings(summarise(ledger := builder.ledger()), ledger)

    assert summary.generator.other_load == (None if load is None else pytest.approx(load, rel=1e-3))
    assert ["busy_machine" in one.id for one in summary.findings].count(True) == int(watched)
