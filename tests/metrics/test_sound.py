"""Sound: seconds recorded, heard and lost, and the gaps between what was heard."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ledger import Fate
from bench.metrics import Endpoint, Sound, summarise
from tests.ledgers import NAN, LedgerBuilder, endpoint, meta, steady

HEARD, WAITING, REFUSED, REPLACED = Fate.DELIVERED, Fate.SKIPPED, Fate.REJECTED, Fate.OVERWRITTEN
CUT, FAILED, UNDER_WAY, UNREAD = Fate.CUT_OFF, Fate.FAILED, Fate.IN_FLIGHT, Fate.UNATTRIBUTED


def _microphone(folder: Path, *, warmup_s: float = 0.0, result: str = "text") -> LedgerBuilder:
    described = endpoint("audio", kind="microphone", result=result, stream_every_s=1.0)
    builder = LedgerBuilder(folder, meta(described, warmup_s=warmup_s))
    builder.span(0.0, 30.0)
    return builder


def _speak(builder: LedgerBuilder, viewer: int, *fates: Fate, chunk_s: float = 1.0) -> None:
    builder.viewer(viewer, 0.0, float(len(fates)))
    for frame, fate in enumerate(fates):
        builder.frame(viewer, frame, float(frame), fate, shown=False, join=frame == 0, sound_s=chunk_s)


def _only(builder: LedgerBuilder) -> Endpoint:
    return summarise(builder.ledger()).endpoints[0]


def _sound(builder: LedgerBuilder) -> Sound:
    found = _only(builder).sound
    assert found is not None
    return found


def test_every_second_is_told_by_its_fate(tmp_path: Path) -> None:
    """Of twelve seconds worked out by hand, each is heard, lost once sent, lost waiting, refused or under way."""
    builder = _microphone(tmp_path)
    _speak(builder, 1, HEARD, HEARD, REPLACED, REPLACED, CUT, *[WAITING] * 3, UNREAD, FAILED, REFUSED, UNDER_WAY)

    found = _sound(builder)

    assert (found.captured_s, found.sent_s, found.heard_s) == (12, 8, 3)
    assert (found.lost_s, found.lost_waiting_s) == (4, 3)
    by_fate = found.fates_s
    assert (by_fate.overwritten, by_fate.cut_off, by_fate.failed) == (2, 1, 1)
    assert (by_fate.rejected, by_fate.in_flight) == (1, 1)


def test_a_chunk_whose_connection_broke_was_not_sent(tmp_path: Path) -> None:
    """Failed without an answer, the server may never have had it: neither sent nor lost by the app."""
    builder = _microphone(tmp_path)
    builder.viewer(1, 0.0, 3.0)
    builder.frame(1, 0, 0.0, HEARD, shown=False, sound_s=1.0)
    builder.frame(1, 1, 1.0, FAILED, accepted_s=NAN, sound_s=1.0)
    builder.frame(1, 2, 2.0, HEARD, shown=False, accepted_s=NAN, sound_s=1.0)

    found = _sound(builder)

    assert (found.captured_s, found.sent_s, found.heard_s, found.lost_s, found.fates_s.failed) == (3, 2, 2, 0, 1)


@settings(deadline=None)
@given(fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=30))
def test_the_seconds_add_up_for_any_fates(tmp_path_factory: pytest.TempPathFactory, fates: list[Fate]) -> None:
    """Captured is the sum over the fates; sent holds what was heard and lost; no gap holds more than was missed."""
    builder = _microphone(tmp_path_factory.mktemp("sound"))
    _speak(builder, 1, *fates, chunk_s=0.25)

    found = _sound(builder)

    by_fate = {fate: getattr(found.fates_s, fate.name.lower()) for fate in Fate}
    assert by_fate == {fate: fates.count(fate) / 4 for fate in Fate}
    assert found.captured_s == sum(by_fate.values())
    assert found.heard_s == by_fate[HEARD] + by_fate[UNREAD]
    assert found.heard_s + found.lost_s <= found.sent_s <= found.captured_s
    assert found.gaps.waiting_s <= found.lost_waiting_s
    assert found.gaps.waiting_s <= found.gaps.total_s <= found.captured_s - found.heard_s
    assert (found.gaps.longest_s is None) is (found.gaps.count == 0)


def test_a_gap_lies_between_two_heard_chunks_of_one_viewer(tmp_path: Path) -> None:
    """One gap of two chunks and one of four; what came before the first heard chunk or after the last is none."""
    builder = _microphone(tmp_path)
    _speak(builder, 1, REPLACED, HEARD, REPLACED, REPLACED, HEARD, CUT, WAITING, WAITING, REFUSED, HEARD, REPLACED)
    _speak(builder, 2, WAITING, WAITING, HEARD, HEARD, WAITING)

    gaps = _sound(builder).gaps

    assert (gaps.count, gaps.longest_s, gaps.total_s, gaps.waiting_s) == (2, 4.0, 6.0, 2.0)


def test_sound_without_a_gap_has_none(tmp_path: Path) -> None:
    """With everything heard there is no gap, and no longest one."""
    builder = _microphone(tmp_path)
    _speak(builder, 1, *[HEARD] * 5)

    found = _sound(builder)

    assert (found.captured_s, found.sent_s, found.heard_s, found.lost_s, found.lost_waiting_s) == (5, 5, 5, 0, 0)
    assert (found.gaps.count, found.gaps.longest_s, found.gaps.total_s, found.gaps.waiting_s) == (0, None, 0, 0)


def test_chunks_count_with_their_own_length(tmp_path: Path) -> None:
    """Browsers' chunks are not all alike: seconds are summed, not chunks times stream_every."""
    builder = _microphone(tmp_path)
    builder.viewer(1, 0.0, 3.0)
    for frame, (fate, length_s) in enumerate([(HEARD, 1.5), (REPLACED, 0.5), (REPLACED, 0.75), (HEARD, 1.25)]):
        builder.frame(1, frame, float(frame), fate, shown=False, sound_s=length_s)

    found = _sound(builder)

    assert (found.captured_s, found.heard_s, found.lost_s, found.gaps.total_s) == (4.0, 2.75, 1.25, 1.25)


def test_chunks_belong_to_the_window_by_their_tick(tmp_path: Path) -> None:
    """Sound recorded in the warm-up does not count, nor does a gap that begins there."""
    builder = _microphone(tmp_path, warmup_s=3.0)
    _speak(builder, 1, HEARD, REPLACED, REPLACED, REPLACED, HEARD, REPLACED, HEARD)

    found = _sound(builder)

    assert (found.captured_s, found.heard_s, found.gaps.count, found.gaps.total_s) == (4, 2, 1, 1)


def test_what_is_wrong_with_transcripts_is_told(tmp_path: Path) -> None:
    """Lost updates and damaged stretches are summed over the streams, in the sound and among the integrity."""
    builder = _microphone(tmp_path)
    _speak(builder, 1, HEARD, HEARD)
    builder.stream(1, 0, 0.0, 0.1, 1.0, lost_updates=2, damaged=1, state_errors=3)
    builder.stream(1, 1, 1.0, 1.1, 2.0, lost_updates=1)

    found = _only(builder)

    assert found.sound is not None
    assert (found.sound.lost_updates, found.sound.damaged) == (3, 1)
    wrong = found.integrity
    assert (wrong.lost_updates, wrong.damaged, wrong.state_errors, wrong.cross_talk) == (3, 1, 3, 3)


def test_where_no_text_comes_back_no_transcript_can_be_wrong(tmp_path: Path) -> None:
    """A sound that is returned, and a camera, have no transcript: null, not 0; and a camera has no sound."""
    builder = _microphone(tmp_path / "echo", result="audio")
    _speak(builder, 1, HEARD, HEARD)
    echo, camera = _only(builder), _only(steady(tmp_path / "camera"))

    assert echo.sound is not None
    assert (echo.sound.lost_updates, echo.sound.damaged, echo.integrity.damaged) == (None, None, None)
    assert camera.sound is None
    assert (camera.integrity.lost_updates, camera.integrity.state_errors) == (None, None)
