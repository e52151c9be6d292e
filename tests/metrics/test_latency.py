"""Latency: from the tick to the screen, its parts, and its two ends where frames cannot be told apart."""

from pathlib import Path

import pytest

from bench.ledger import Fate
from bench.metrics import Endpoint, summarise
from tests.ledgers import LedgerBuilder, endpoint, meta

NEAR = 1e-5  # seconds: what a wall clock in a double can tell


def _builder(folder: Path, **changes: object) -> LedgerBuilder:
    builder = LedgerBuilder(folder, meta(endpoint(**changes)))
    builder.span(0.0, 10.0)
    builder.viewer(1, 0.0, 9.0)
    return builder


def _only(builder: LedgerBuilder) -> Endpoint:
    return summarise(builder.ledger()).endpoints[0]


def test_latency_counts_from_the_tick_and_raw_from_the_sending(tmp_path: Path) -> None:
    """A frame sent 70 ms late and shown 100 ms after that took 170 ms, of which the generator's lag is 70 ms."""
    builder = _builder(tmp_path)
    builder.frame(1, 1, 0.1, sending_s=0.17, sent_s=0.18, accepted_s=0.19, result_s=0.24, shown_s=0.27)

    found = _only(builder)

    assert found.latency_s is not None
    assert found.latency_raw_s is not None
    assert found.latency_s.p50 == pytest.approx(0.17, abs=NEAR)
    assert found.latency_raw_s.p50 == pytest.approx(0.10, abs=NEAR)
    assert found.latency_lower_s is None


def test_the_parts_add_up(tmp_path: Path) -> None:
    """Over the same frames, send + serve + fetch is latency; accept lies beside serve."""
    builder = _builder(tmp_path)
    for frame, late in enumerate((0.0, 0.02, 0.05), start=1):
        tick = frame / 10
        times = {"sending_s": tick, "sent_s": tick + 0.01 + late, "accepted_s": tick + 0.03 + late}
        builder.frame(1, frame, tick, **times, result_s=tick + 0.1 + late * 2, shown_s=tick + 0.15 + late * 3)

    found = _only(builder)

    parts = found.parts_s
    assert found.latency_s is not None
    assert parts.send is not None
    assert parts.accept is not None
    assert parts.serve is not None
    assert parts.fetch is not None
    assert parts.send.mean + parts.serve.mean + parts.fetch.mean == pytest.approx(found.latency_s.mean, abs=NEAR)
    assert parts.accept.p50 == pytest.approx(0.02, abs=NEAR)
    assert parts.fetch.max == pytest.approx(0.1, abs=NEAR)


def test_frames_that_were_not_seen_have_no_latency(tmp_path: Path) -> None:
    """Join frames wait with the join, superseded pictures never reach the screen: neither is in latency."""
    builder = _builder(tmp_path)
    builder.frame(1, 0, 0.0, join=True, result_s=7.0, shown_s=7.1)
    builder.frame(1, 1, 0.1, shown=False, shown_s=6.0)
    builder.frame(1, 2, 0.2)
    builder.frame(1, 3, 0.3, Fate.UNATTRIBUTED, shown=True)

    found = _only(builder)

    assert found.latency_s is not None
    assert (found.latency_s.count, found.latency_s.max) == pytest.approx((1, 0.05), abs=NEAR)
    assert found.frames.delivered == 3
    assert found.shown == 2


def test_a_result_without_a_file_is_seen_when_its_message_is_here(tmp_path: Path) -> None:
    """For a label, latency ends at the message; fetch, shown and staleness are null, not 0."""
    builder = _builder(tmp_path, result="text")
    for frame in range(1, 4):
        builder.frame(1, frame, frame / 10, shown=False)

    found = _only(builder)

    assert found.latency_s is not None
    assert found.latency_s.max == pytest.approx(0.04, abs=NEAR)
    assert (found.first_frame_s, found.sound) == (None, None)
    assert (found.parts_s.fetch, found.shown, found.staleness_s, found.freezes) == (None, None, None, None)


def test_pictures_that_never_came_are_not_taken_for_text(tmp_path: Path) -> None:
    """Where every fetch of a picture failed, latency is null: the message alone shows nothing."""
    builder = _builder(tmp_path)
    builder.frame(1, 1, 0.1, shown=False)

    found = _only(builder)

    assert found.latency_s is None
    assert (found.frames.delivered, found.shown) == (1, 0)


def test_returned_sound_is_here_once_its_file_is(tmp_path: Path) -> None:
    """Where sound comes back as files, latency ends when they are here; one that could not be fetched has none."""
    builder = _builder(tmp_path, kind="microphone", result="audio")
    builder.frame(1, 0, 0.0, join=True, shown=False, shown_s=0.15)
    builder.frame(1, 1, 0.1, shown=False, shown_s=0.2)
    builder.frame(1, 2, 0.2, shown=False)

    found = _only(builder)

    assert found.latency_s is not None
    assert found.parts_s.fetch is not None
    assert found.first_frame_s is not None
    assert (found.latency_s.count, found.latency_s.max) == pytest.approx((1, 0.1), abs=NEAR)
    assert (found.parts_s.fetch.count, found.first_frame_s.max) == pytest.approx((1, 0.15), abs=NEAR)
    assert (found.viewers_without_result, found.shown) == (0, None)


def test_a_playlist_is_here_with_its_message(tmp_path: Path) -> None:
    """Streamed sound comes as a playlist without files to fetch: latency ends at the message, and nothing is missed."""
    builder = _builder(tmp_path, kind="microphone", result="audio")
    builder.frame(1, 0, 0.0, join=True, shown=False)
    builder.frame(1, 1, 0.1, shown=False)

    found = _only(builder)

    assert found.latency_s is not None
    assert (found.latency_s.count, found.latency_s.max) == pytest.approx((1, 0.04), abs=NEAR)
    assert (found.viewers_without_result, found.parts_s.fetch, found.shown) == (0, None, None)


@pytest.mark.parametrize("attribution", ["bounded", "exact"])
def test_bounded_results_give_both_ends(tmp_path: Path, attribution: str) -> None:
    """A result of one of frames 1 to 3 took between the latest's time and the earliest's, never one guess.

    An endpoint announced as exact whose marks turned out unreadable is reported as the bounded one it is.
    """
    builder = _builder(tmp_path, result="text", attribution=attribution)
    for frame in (1, 2):
        builder.frame(1, frame, frame / 10, Fate.OVERWRITTEN)
    builder.frame(1, 3, 0.3, shown=False, earliest=1, latest=3, result_s=0.5)

    found = _only(builder)

    assert found.latency_s is not None
    assert found.latency_lower_s is not None
    assert found.latency_raw_s is not None
    assert found.parts_s.serve is not None
    assert found.attribution == "bounded"
    assert found.latency_s.p50 == pytest.approx(0.4, abs=NEAR)
    assert found.latency_lower_s.p50 == pytest.approx(0.2, abs=NEAR)
    assert found.latency_raw_s.p50 == pytest.approx(0.399, abs=NEAR)
    assert found.parts_s.serve.p50 == pytest.approx(0.398, abs=NEAR)
