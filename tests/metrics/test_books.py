"""The books: every frame captured has exactly one fate, or the report says so."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ledger import Fate
from bench.metrics import Summary, summarise
from tests.ledgers import LedgerBuilder, endpoint, meta

fates_of_viewers = st.lists(st.lists(st.sampled_from(Fate), min_size=1, max_size=30), min_size=1, max_size=5)


def _run(folder: Path, viewers: list[list[Fate]], *, lost: int = 0, doubled: int = 0, warmup_s: float = 0.0) -> Summary:
    """Summarise viewers whose frames met these fates; some rows of the first viewer are lost or written twice."""
    builder = LedgerBuilder(folder, meta(endpoint(), warmup_s=warmup_s))
    builder.span(0.0, 4.0)
    for viewer, fates in enumerate(viewers):
        builder.viewer(viewer, 0.0, len(fates) / 10)
        for frame, fate in enumerate(fates):
            copies = 1 if viewer else (0 if 1 <= frame <= lost else 2 if frame < doubled else 1)
            for _ in range(copies):
                builder.frame(viewer, frame, frame / 10, fate)
    return summarise(builder.ledger())


@settings(deadline=None)
@given(viewers=fates_of_viewers)
def test_books_close_for_any_fates(tmp_path_factory: pytest.TempPathFactory, viewers: list[list[Fate]]) -> None:
    """Whatever became of the frames, captured is the sum of the fates and each fate has its own count."""
    found = _run(tmp_path_factory.mktemp("books"), viewers).endpoints[0]
    frames = found.frames

    counts = {fate: getattr(frames, fate.name.lower()) for fate in Fate}
    assert counts == {fate: sum(fates.count(fate) for fates in viewers) for fate in Fate}
    assert frames.captured == sum(counts.values())
    assert (found.books.closed, found.books.unaccounted) == (True, 0)


def test_a_frame_without_a_row_breaks_the_books(tmp_path: Path) -> None:
    """Ticks without a fate count as captured and unaccounted, and the run is not healthy."""
    summary = _run(tmp_path, [[Fate.DELIVERED] * 10, [Fate.DELIVERED] * 10], lost=3)

    found = summary.endpoints[0]
    assert (found.frames.captured, found.frames.delivered) == (20, 17)
    assert (found.books.unaccounted, found.books.closed) == (3, False)
    assert not summary.generator.healthy
    assert "simple do not close: 3 frames" in summary.generator.reasons[0]
    assert "(viewers 0)" in summary.generator.reasons[0]


def test_one_viewers_surplus_does_not_hide_anothers_loss(tmp_path: Path) -> None:
    """The books are kept per viewer: a frame with two fates and a frame with none do not cancel out."""
    found = _run(tmp_path, [[Fate.DELIVERED] * 10, [Fate.DELIVERED] * 10], lost=1, doubled=1).endpoints[0]

    assert found.frames.captured == 20
    assert (found.books.unaccounted, found.books.closed) == (2, False)


def test_frames_that_vanish_before_the_end_are_missed(tmp_path: Path) -> None:
    """A viewer that stayed to the end must have rows up to it: forgetting its last frames breaks the books."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 10.0)
    builder.viewer(1, 0.0, 10.1)
    for frame in range(80):
        builder.frame(1, frame, frame / 10)

    books = summarise(builder.ledger()).endpoints[0].books

    assert not books.closed
    assert 18 <= books.unaccounted <= 21


def test_frames_belong_to_the_window_by_their_tick(tmp_path: Path) -> None:
    """Frames of the warm-up are not counted, those due inside the window are, though their result came later."""
    found = _run(tmp_path, [[Fate.OVERWRITTEN] * 20 + [Fate.DELIVERED] * 20], warmup_s=2.0).endpoints[0]

    assert (found.frames.captured, found.frames.delivered, found.frames.overwritten) == (20, 20, 0)
    assert found.books.closed


def test_rates_are_per_viewer(tmp_path: Path) -> None:
    """Two viewers at 10 fps, every second frame delivered, are 10 fps offered and 5 delivered, not 20 and 10."""
    fps = _run(tmp_path, [[Fate.DELIVERED, Fate.SKIPPED] * 20] * 2).endpoints[0].fps

    assert fps.offered == pytest.approx(10.0)
    assert fps.delivered == pytest.approx(5.0)


@pytest.mark.parametrize("seconds", [0.75, 1.0, 1.05])
def test_a_healthy_camera_of_ten_frames_a_second_reads_ten(tmp_path: Path, seconds: float) -> None:
    """Ticks stand for whole intervals: where a short window begins and ends between them makes no camera faster."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, seconds)
    builder.viewer(1, 0.03, seconds)
    for frame in range(11):
        if (tick_s := 0.03 + frame / 10) < seconds:
            builder.frame(1, frame, tick_s)

    fps = summarise(builder.ledger()).endpoints[0].fps

    assert (fps.offered, fps.delivered) == pytest.approx((10.0, 10.0))


def test_results_that_no_row_can_hold_are_counted_too(tmp_path: Path) -> None:
    """A repeated result has no frame of its own, but came all the same: results equal what the streams counted."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.stream(1, 0, 0.0, 0.01, 1.0, results=8, duplicated=2)
    for frame in range(10):
        builder.frame(1, frame, frame / 10, Fate.DELIVERED if frame < 6 else Fate.OVERWRITTEN)

    found = summarise(builder.ledger()).endpoints[0]

    assert (found.results, found.frames.delivered, found.integrity.duplicated) == (8, 6, 2)


def test_sizes_are_means_over_what_had_a_body(tmp_path: Path) -> None:
    """Skipped frames have no body and do not thin the mean; an endpoint without any has null, not 0."""
    found = _run(tmp_path / "a", [[Fate.DELIVERED, Fate.SKIPPED]]).endpoints[0]
    assert (found.bytes_per_frame.sent, found.bytes_per_frame.received) == (160_000, 30_000)

    nothing = _run(tmp_path / "b", [[Fate.SKIPPED]]).endpoints[0]
    assert (nothing.bytes_per_frame.sent, nothing.bytes_per_frame.received) == (None, None)


def test_a_fate_that_does_not_exist_breaks_the_books(tmp_path: Path) -> None:
    """A row whose fate is none of the eight is unaccounted, not silently dropped."""
    builder = LedgerBuilder(tmp_path)
    builder.span(0.0, 0.2)
    builder.viewer(1, 0.0, 0.2)
    builder.frame(1, 0, 0.0)
    builder.frame(1, 1, 0.1)
    ledger = builder.ledger()
    ledger.frames["fate"] = np.array([0, 9])

    found = summarise(ledger).endpoints[0]

    assert (found.frames.captured, found.frames.delivered) == (2, 1)
    assert (found.books.unaccounted, found.books.closed) == (1, False)
