"""What is on a viewer's screen: its age, its freezes, and the first picture."""

from pathlib import Path

import pytest

from bench.ledger import Fate
from bench.metrics import Endpoint, summarise
from tests.ledgers import NAN, LedgerBuilder, endpoint, meta, steady

NEAR = 1e-5


def _toy(folder: Path, *, warmup_s: float = 0.0, **changes: object) -> LedgerBuilder:
    """Build one viewer, 0 to 5 s, who sees the picture of 1 s at 1.5 s and that of 2 s at 3 s."""
    builder = LedgerBuilder(folder, meta(endpoint(stream_every_s=1.0, **changes), warmup_s=warmup_s))
    builder.span(0.0, 10.0)
    builder.viewer(1, 0.0, 5.0)
    builder.frame(1, 0, 0.0, Fate.SKIPPED)
    builder.frame(1, 1, 1.0, shown_s=1.5)
    builder.frame(1, 2, 2.0, shown_s=3.0)
    for frame in (3, 4):
        builder.frame(1, frame, float(frame), Fate.OVERWRITTEN)
    return builder


def _only(builder: LedgerBuilder) -> Endpoint:
    return summarise(builder.ledger()).endpoints[0]


def test_staleness_of_a_timeline_worked_by_hand(tmp_path: Path) -> None:
    """The age grew from 0.5 to 2 s, then from 1 to 3 s: 3.5 s in all, (1.875 + 4) / 3.5 s old on average."""
    found = _only(_toy(tmp_path)).staleness_s

    assert found is not None
    assert found.count == pytest.approx(3.5, abs=NEAR)
    assert found.mean == pytest.approx(5.875 / 3.5, abs=NEAR)
    assert (found.p50, found.p90) == pytest.approx((1.625, 2.65), abs=NEAR)
    assert found.max == pytest.approx(3.0, abs=NEAR)


def test_staleness_while_open_counts_only_that_time(tmp_path: Path) -> None:
    """With a stream open from 2 to 4 s, the age grew from 1 to 2 s twice; the waits before and after are left out."""
    builder = _toy(tmp_path)
    builder.stream(1, 0, 0.0, 2.0, 4.0)

    found = _only(builder).staleness_open_s

    assert found is not None
    assert (found.count, found.mean) == pytest.approx((2.0, 1.5), abs=NEAR)
    assert found.max == pytest.approx(2.0, abs=NEAR)


def test_the_picture_of_the_warm_up_is_still_on_screen(tmp_path: Path) -> None:
    """From the window's begin the age goes on from the picture shown before it: 1 to 2 s, then 1 to 3 s."""
    found = _only(_toy(tmp_path, warmup_s=2.0)).staleness_s

    assert found is not None
    assert (found.count, found.mean) == pytest.approx((3.0, 5.5 / 3), abs=NEAR)


def test_a_late_older_picture_turns_the_screen_back(tmp_path: Path) -> None:
    """A screen shows what arrived last: an older frame that arrives late makes the picture older again."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.frame(1, 0, 0.0, shown_s=0.5)
    builder.frame(1, 1, 0.1, shown_s=0.2)

    found = _only(builder).staleness_s

    assert found is not None
    assert (found.count, found.max) == pytest.approx((0.8, 1.0), abs=NEAR)
    assert found.mean == pytest.approx((0.3 * 0.25 + 0.5 * 0.75) / 0.8, abs=NEAR)


def test_time_under_a_picture_of_unknown_age_does_not_count(tmp_path: Path) -> None:
    """A picture whose mark was unreadable ends the one before it, and starts no age that would be a guess."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.frame(1, 0, 0.0, shown_s=0.1)
    builder.frame(1, 1, 0.1, Fate.UNATTRIBUTED, shown=True, shown_s=0.3)

    found = _only(builder).staleness_s

    assert found is not None
    assert (found.count, found.max) == pytest.approx((0.2, 0.3), abs=NEAR)


@pytest.mark.parametrize("result", ["audio", "text"])
def test_sound_and_text_have_no_staleness_and_no_freezes(tmp_path: Path, result: str) -> None:
    """There is no picture to grow old: null, not 0."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(kind="microphone", result=result)))
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    for frame in range(1, 5):
        builder.frame(1, frame, frame / 10, shown=result == "audio")

    found = _only(builder)

    assert found.latency_s is not None
    assert (found.staleness_s, found.staleness_open_s, found.freezes) == (None, None, None)


def _gaps(folder: Path, *gaps_s: float, streams: dict[int, int] | None = None, warmup_s: float = 0.0) -> Endpoint:
    """Summarise pictures shown these gaps apart; `streams` says from which picture on another stream runs."""
    builder = LedgerBuilder(folder, meta(endpoint(), warmup_s=warmup_s))
    builder.span(0.0, 100.0)
    builder.viewer(1, 0.0, 60.0)
    shown_s, stream = 0.1, 0
    for frame, gap in enumerate((0.0, *gaps_s)):
        shown_s += gap
        stream = (streams or {}).get(frame, stream)
        builder.frame(1, frame, frame / 10, shown_s=shown_s, stream=stream)
    return _only(builder)


def test_a_gap_three_times_the_mean_is_a_freeze(tmp_path: Path) -> None:
    """Among 29 gaps of 100 ms one of 450 ms is a freeze, one of 250 ms is not: the mean decides."""
    regular = [0.1] * 14
    frozen = _gaps(tmp_path / "a", *regular, 0.45, *regular).freezes
    smooth = _gaps(tmp_path / "b", *regular, 0.25, *regular).freezes

    assert frozen is not None
    assert smooth is not None
    assert frozen.count == 1
    assert (frozen.total_s, frozen.longest_s) == pytest.approx((0.45, 0.45), abs=NEAR)
    assert (smooth.count, smooth.total_s, smooth.longest_s) == (0, 0.0, None)


def test_at_high_rates_a_freeze_is_150_ms_more_than_the_mean(tmp_path: Path) -> None:
    """With gaps of 20 ms, three times the mean is not yet noticed: 170 ms is no freeze, 190 ms is one."""
    regular = [0.02] * 29
    below, above = _gaps(tmp_path / "a", *regular, 0.170).freezes, _gaps(tmp_path / "b", *regular, 0.190).freezes

    assert below is not None
    assert above is not None
    assert (below.count, above.count) == (0, 1)


def test_the_mean_follows_the_last_thirty_gaps(tmp_path: Path) -> None:
    """A stream that turns slow for good freezes while it does so, not for ever: the mean is of 30 gaps."""
    found = _gaps(tmp_path, *[0.1] * 100, *[0.5] * 60).freezes

    assert found is not None
    assert 1 <= found.count <= 10


def test_waiting_between_streams_is_no_freeze(tmp_path: Path) -> None:
    """Eight seconds between the pictures of two streams are a wait; the same within one stream are a freeze."""
    gaps = [*[0.1] * 15, 8.0, *[0.1] * 15]
    apart = _gaps(tmp_path / "a", *gaps, streams={16: 1}).freezes
    within = _gaps(tmp_path / "b", *gaps).freezes

    assert apart is not None
    assert within is not None
    assert (apart.count, within.count) == (0, 1)


def test_a_freeze_of_the_warm_up_does_not_count(tmp_path: Path) -> None:
    """A gap counts where both its pictures were shown inside the window, not where it began before."""
    gaps = [*[0.1] * 15, 2.0, *[0.1] * 15]
    counts = []
    for warmup_s in (1.0, 2.0, 3.7):
        found = _gaps(tmp_path / str(warmup_s), *gaps, warmup_s=warmup_s).freezes
        assert found is not None
        counts.append(found.count)

    assert counts == [1, 0, 0]


def test_the_first_picture_counts_from_the_first_join(tmp_path: Path) -> None:
    """Each viewer counts once, from its first join, also when that join's own frame was refused."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(), warmup_s=5.0))
    builder.span(0.0, 10.0)
    for viewer in (1, 2, 3):
        builder.viewer(viewer, 0.0, 10.0)
    builder.frame(1, 0, 0.0, join=True, shown_s=2.0)
    builder.frame(1, 60, 6.0, join=True, shown_s=9.0)
    builder.frame(2, 0, 0.0, Fate.REJECTED, join=True)
    builder.frame(2, 1, 0.1, join=True, shown_s=1.0)
    builder.frame(3, 0, 0.0, Fate.IN_FLIGHT, join=True, result_s=NAN)

    found = _only(builder)

    assert found.first_frame_s is not None
    assert (found.first_frame_s.count, found.viewers_without_result) == (2, 1)
    assert (found.first_frame_s.p50, found.first_frame_s.max) == pytest.approx((1.0, 2.0), abs=NEAR)


def test_a_steady_picture_is_as_old_as_its_latency_and_up_to_a_tick_more(tmp_path: Path) -> None:
    """At 10 fps and 50 ms of latency, the picture's age runs from 50 to 150 ms: 100 ms in the middle."""
    found = _only(steady(tmp_path))

    assert found.staleness_s is not None
    assert found.staleness_s.p50 == pytest.approx(0.1, abs=1e-3)
    assert found.staleness_s.max == pytest.approx(0.15, abs=NEAR)
    assert found.staleness_s.count == pytest.approx(2 * 9.95, abs=NEAR)
