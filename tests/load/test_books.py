"""The books of a stream: every frame one fate, and the right one."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.ledger import CERTAIN, FRAME, SHOWN, STREAM, Fate, Outcome
from bench.load.books import StreamBooks
from bench.load.entries import SentFrame
from bench.wire.stream import Stream


@dataclass
class Account:
    """Books under test with the rows they wrote, on a clock told by hand: frame n is sent at second n."""

    exact: bool = True
    legible: bool = False
    frames: list[Any] = field(default_factory=list)
    streams: list[Any] = field(default_factory=list)
    settled: list[SentFrame] = field(default_factory=list)
    sent: dict[int, SentFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stream = Stream(0)
        self.books = StreamBooks(
            0,
            7,
            self.stream,
            exact=self.exact,
            legible=lambda: self.legible,
            frame_row=self.frames.append,
            stream_row=self.streams.append,
            settled=self.settled.append,
        )

    def post(self, frame: int, *, takes_s: float | None = 0.1, status: int = 200) -> None:
        """Send a frame; its answer comes after `takes_s`, or not yet."""
        sent = self.sent[frame] = self.books.send(frame, float(frame), join=frame == 0)
        sent.sending_s = float(frame)
        if takes_s is not None:
            self.books.answered(sent, status, frame + takes_s / 2, frame + takes_s)

    def result(self, at_s: float, frame: int | None, *, cross_talk: bool = False, shown: bool = True) -> None:
        """A result comes whose mark says `frame`."""
        arrival = self.books.arrived(at_s, 100)
        arrival.shown_s, arrival.shown = at_s + 0.01, shown
        self.books.read(arrival, frame, cross_talk=cross_talk)

    def end(self, outcome: Outcome = Outcome.COMPLETED, at_s: float = 99.0) -> None:
        """The stream ends."""
        self.stream.open_s = 0.0
        self.stream.end(outcome, at_s)
        self.books.ended()

    def fates(self) -> dict[int, str]:
        """The fate of each frame by its number, from the rows written."""
        return {row["frame"]: Fate(row["fate"]).name for row in self.rows()}

    def rows(self) -> Any:
        """The frame rows, as the ledger would hold them."""
        return np.array(self.frames, dtype=FRAME)

    def summary(self) -> Any:
        """The stream's row."""
        (row,) = np.array(self.streams, dtype=STREAM)
        return row


def test_results_in_order_are_delivered_and_shown() -> None:
    """Each frame's own result delivers it, and its row says when and that it was shown."""
    account = Account()
    for frame in range(3):
        account.post(frame)
        account.result(frame + 0.5, frame)
    account.end()
    assert set(account.fates().values()) == {"DELIVERED"}
    assert list(account.rows()["result_s"]) == [0.5, 1.5, 2.5]
    assert all(row["flags"] & SHOWN for row in account.rows())
    assert account.summary()["results"] == 3


def test_a_frame_passed_over_was_overwritten() -> None:
    """A later frame's result settles an earlier one whose POST had been answered before: certainly overwritten."""
    account = Account()
    for frame in range(4):
        account.post(frame)
    account.result(4.0, 0)
    account.result(5.0, 3)
    assert account.fates() == {0: "DELIVERED", 1: "OVERWRITTEN", 2: "OVERWRITTEN", 3: "DELIVERED"}
    assert all(row["flags"] & CERTAIN for row in account.rows())


def test_overlapping_posts_wait_for_proof() -> None:
    """A frame whose POST overlapped the delivered one's may still come: it is not settled yet."""
    account = Account()
    account.post(0)
    account.post(1, takes_s=1.5)
    account.post(2)
    account.result(3.0, 2)
    assert 1 not in account.fates()
    account.result(3.2, 1)
    account.end()
    assert account.fates()[1] == "DELIVERED"
    assert account.summary()["out_of_order"] == 1


@pytest.mark.parametrize("outcome", [Outcome.COMPLETED, Outcome.UNFINISHED])
def test_answers_tell_which_of_two_overlapping_posts_was_the_last(outcome: Outcome) -> None:
    """Without a result, the one answered first was overwritten; the one answered last is where the stream ended."""
    last = "CUT_OFF" if outcome is Outcome.COMPLETED else "IN_FLIGHT"
    for handled, takes_s, fate in ((1, 1.2, "OVERWRITTEN"), (1, 1.9, last), (0, 1.9, "OVERWRITTEN"), (0, 1.2, last)):
        account = Account()
        account.post(0, takes_s=takes_s)
        account.post(1, takes_s=0.5)
        account.result(2.5, handled)
        account.end(outcome)
        assert account.fates() == {handled: "DELIVERED", 1 - handled: fate}
        assert not next(row for row in account.rows() if row["frame"] != handled)["flags"] & CERTAIN


def test_an_unreadable_result_goes_to_a_frame_whose_post_was_answered() -> None:
    """A POST still under way when the result came is the less likely one, and the frame left over is not certain."""
    account = Account()
    account.post(0, takes_s=0.5)
    account.post(1, takes_s=0.9)
    account.result(1.5, None)
    account.post(2)
    account.result(2.5, 2)
    account.end()
    assert account.fates() == {0: "UNATTRIBUTED", 1: "OVERWRITTEN", 2: "DELIVERED"}
    assert [row["flags"] & CERTAIN for row in sorted(account.rows(), key=lambda row: row["frame"])] == [0, 0, CERTAIN]


def test_a_failed_stream_raised_on_what_came_after_its_last_result() -> None:
    """A frame passed over on its way is not taken for the one that raised, unless there is no other."""
    for last, fates in ((2, {0: "OVERWRITTEN", 1: "DELIVERED", 2: "FAILED"}), (1, {0: "FAILED", 1: "DELIVERED"})):
        account = Account()
        account.post(0, takes_s=1.05)
        account.post(1)
        account.result(1.8, 1)
        if last == 2:
            account.post(2)
        account.end(Outcome.FAILED)
        assert account.fates() == fates


def test_the_last_frame_of_a_stream_is_cut_off() -> None:
    """Of the frames without a result at the end, the last is cut off and the others were overwritten."""
    account = Account()
    for frame in range(4):
        account.post(frame)
    account.result(3.5, 0)
    account.end()
    assert account.fates() == {0: "DELIVERED", 1: "OVERWRITTEN", 2: "OVERWRITTEN", 3: "CUT_OFF"}


def test_a_frame_after_the_end_is_rejected() -> None:
    """The 404 of a frame that came too late is its fate, and the frame before it is still the one cut off."""
    account = Account()
    account.post(0)
    account.post(1)
    account.post(2, status=404)
    account.result(0.5, 0)
    account.end(at_s=1.9)
    assert account.fates() == {0: "DELIVERED", 1: "CUT_OFF", 2: "REJECTED"}


def test_a_raising_handler_fails_one_frame() -> None:
    """The frame waiting when the last result came is the one the handler took next, and raised on."""
    account = Account()
    for frame in range(5):
        account.post(frame)
    account.result(2.5, 0)
    account.end(Outcome.FAILED)
    assert account.fates() == {0: "DELIVERED", 1: "OVERWRITTEN", 2: "FAILED", 3: "OVERWRITTEN", 4: "CUT_OFF"}


def test_the_end_of_the_run_leaves_a_frame_in_flight() -> None:
    """What had no result, and what had no answer, when the run ended is in flight."""
    account = Account()
    account.post(0)
    account.post(1, takes_s=None)
    account.stream.end(Outcome.UNFINISHED, 2.0)
    account.books.ended()
    assert account.streams == []
    account.books.force_closed()
    assert account.fates() == {0: "IN_FLIGHT", 1: "IN_FLIGHT"}


@pytest.mark.parametrize(("outcome", "last"), [(Outcome.UNFINISHED, "IN_FLIGHT"), (Outcome.CLOSED, "CUT_OFF")])
def test_a_handler_that_never_returns_still_has_the_frame_that_joined(outcome: Outcome, last: str) -> None:
    """Nothing took that frame's place: it is under way, and for certain, while those behind it replace each other."""
    account = Account()
    for frame in range(4):
        account.post(frame)
    account.end(outcome)
    assert account.fates() == {0: "IN_FLIGHT", 1: "OVERWRITTEN", 2: "OVERWRITTEN", 3: last}
    assert all(row["flags"] & CERTAIN for row in account.rows())


def test_the_frame_a_slow_handler_is_at_when_the_run_ends_is_in_flight() -> None:
    """It took the one that waited as its last result came, as far as can be told: that was not overwritten."""
    account = Account()
    for frame in range(3):
        account.post(frame)
    account.result(2.5, 0)
    for frame in range(3, 6):
        account.post(frame)
    account.end(Outcome.UNFINISHED)
    fates = {0: "DELIVERED", 1: "OVERWRITTEN", 2: "IN_FLIGHT", 3: "OVERWRITTEN", 4: "OVERWRITTEN", 5: "IN_FLIGHT"}
    assert account.fates() == fates
    assert not any(row["flags"] & CERTAIN for row in account.rows() if row["frame"] in {2, 3, 4, 5})


def test_a_handler_that_waits_for_a_frame_has_only_the_last() -> None:
    """Of a stream whose last frame had been accepted when its last result came, only that one is under way."""
    account = Account()
    account.post(0)
    account.post(1)
    account.result(1.5, 0)
    account.end(Outcome.UNFINISHED)
    assert account.fates() == {0: "DELIVERED", 1: "IN_FLIGHT"}


def test_a_broken_post_fails_its_frame() -> None:
    """A connection that broke before the answer is a failure of that frame."""
    account = Account()
    account.post(0, takes_s=None)
    account.books.broke(account.sent[0])
    account.end(Outcome.BROKEN)
    assert account.fates() == {0: "FAILED"}


def test_a_repeated_mark_is_a_duplicate_and_consumes_nothing() -> None:
    """A frame is delivered once; the second result with its mark is counted as duplicated."""
    account = Account()
    account.post(0)
    account.result(0.5, 0)
    account.result(0.7, 0)
    account.end()
    assert account.fates() == {0: "DELIVERED"}
    assert account.summary()["duplicated"] == 1
    assert account.summary()["results"] == 2


def test_another_viewers_picture_is_cross_talk() -> None:
    """A result with another viewer's mark is counted, and leaves the frame it answered unattributed."""
    account = Account()
    account.post(0)
    account.result(0.5, 0)
    account.post(1)
    account.result(1.5, None, cross_talk=True)
    account.post(2)
    account.result(2.5, 2)
    account.end()
    assert account.fates()[1] == "UNATTRIBUTED"
    assert account.summary()["cross_talk"] == 1


@pytest.mark.parametrize(("legible", "bounded"), [(False, True), (True, False)])
def test_a_stream_too_short_for_a_mark_is_judged_by_those_before_it(legible: bool, bounded: bool) -> None:
    """A visitor's last turn can end before a whole word is said: where words were read before, that proves nothing."""
    account = Account(legible=legible)
    account.post(0)
    arrival = account.books.arrived(0.5, 100)
    arrival.between = True
    account.books.read(arrival)
    account.end()
    assert account.fates() == {0: "DELIVERED"}
    assert account.books.bounded == bounded


def test_destroyed_marks_turn_attribution_bounded() -> None:
    """Where no mark can be read the result is bounded between the frames it can have been, not guessed."""
    account = Account()
    for frame in range(6):
        account.post(frame)
        account.result(frame + 0.5, None)
    account.end()
    assert account.books.bounded
    assert set(account.fates().values()) == {"DELIVERED"}
    assert all(row["earliest"] == row["latest"] == row["frame"] for row in account.rows())


def test_a_stream_without_results_tells_nothing_of_marks() -> None:
    """A viewer still waiting when the run ends has seen no result: that makes no attribution bounded."""
    account = Account()
    account.post(0)
    account.stream.end(Outcome.UNFINISHED, 9.0)
    account.books.force_closed()
    assert account.fates() == {0: "IN_FLIGHT"}
    assert not account.books.bounded


def test_bounds_widen_where_a_frame_was_lost() -> None:
    """With one result for two frames nobody can tell which it was: the row holds both ends and is not certain."""
    account = Account(exact=False)
    account.post(0)
    account.result(0.5, None)
    account.post(1)
    account.post(2)
    account.result(2.5, None)
    account.end()
    rows = {row["frame"]: row for row in account.rows()}
    assert (rows[2]["earliest"], rows[2]["latest"]) == (1, 2)
    assert not rows[2]["flags"] & CERTAIN
    assert account.fates() == {0: "DELIVERED", 1: "OVERWRITTEN", 2: "DELIVERED"}


def test_two_results_of_one_tick_push_the_first_back() -> None:
    """Results that come between two ticks belong to different frames: the earlier one to the earlier frame."""
    account = Account(exact=False)
    for frame in range(3):
        account.post(frame)
    for at_s in (2.2, 2.4, 2.6):
        account.result(at_s, None)
    account.end()
    assert set(account.fates().values()) == {"DELIVERED"}


def test_results_that_come_late_for_a_while_are_no_repeats() -> None:
    """A server that is behind for some ticks, and then catches up, lost nothing: each result finds its frame."""
    account = Account(exact=False)
    for frame in range(30):
        account.post(frame)
        late = 5 <= frame < 15
        if frame == 15:
            account.result(15.3, None)
        if frame > 0 and 5 < frame <= 14:
            account.result(frame + 0.2, None)  # the one before
        if not late:
            account.result(frame + 0.5, None)
    account.end()
    assert account.summary()["results"] == 30
    assert set(account.fates().values()) == {"DELIVERED"}
    assert account.summary()["duplicated"] == 0
    rows = account.rows()
    assert all(row["earliest"] <= row["frame"] <= row["latest"] for row in rows)


def test_bounds_do_not_widen_with_time() -> None:
    """However long a slow handler loses frames, a result is one of the few frames that were around at its turn."""
    account = Account(exact=False)
    account.post(0)
    account.result(0.5, None)
    for frame in range(1, 200):
        account.post(frame)
        if frame % 5 == 0:
            account.result(frame + 0.5, None)
    account.end()
    rows = [row for row in account.rows() if Fate(row["fate"]) is Fate.DELIVERED]
    assert len(rows) == 40
    assert all(row["latest"] - row["earliest"] <= 5 for row in rows)
    assert all(row["earliest"] <= row["frame"] <= row["latest"] for row in rows)


@given(
    st.lists(st.integers(10, 3500), min_size=5, max_size=40), st.lists(st.integers(1, 200), min_size=40, max_size=40)
)
def test_a_mailbox_is_told_as_it_was(calls_ms: list[int], ways_ms: list[int]) -> None:
    """However long calls take: a frame delivered for each result, none called a repeat, and bounds that hold."""
    account, last_ms, free_ms, here_ms = Account(exact=False), -1000, 0, 0
    happens, came = [(1000 * frame, True) for frame in range(30)], list[int]()
    for call, way in zip(calls_ms, ways_ms, strict=False):
        start_ms = max(free_ms, last_ms + 1100)  # the next is accepted 100 ms after it was sent
        last_ms, free_ms = (start_ms - 100) // 1000 * 1000, start_ms + call
        here_ms = max(here_ms + 1, free_ms + way)
        if here_ms >= 30_000:
            break
        came.append(last_ms // 1000)
        happens.append((here_ms, False))
    for at_ms, is_tick in sorted(happens, key=lambda one: (one[0], not one[1])):
        if is_tick:
            account.post(at_ms // 1000)
        else:
            account.result(at_ms / 1000, None)
    account.end()
    rows = [row for row in account.rows() if Fate(row["fate"]) is Fate.DELIVERED]
    assert account.summary()["duplicated"] == 0
    assert len(rows) == len(came)
    assert all(row["earliest"] <= true <= row["latest"] for row, true in zip(rows, came, strict=True))


Action = tuple[str, int]
actions = st.lists(
    st.tuples(
        st.sampled_from(["send", "slow", "reject", "break", "deliver", "unread", "repeat", "other"]), st.integers(0, 5)
    ),
    max_size=60,
)


@given(actions, st.sampled_from(list(Outcome)), st.booleans())
def test_the_books_always_close(script: list[Action], outcome: Outcome, exact: bool) -> None:
    """Whatever happens in whatever order: every frame sent has exactly one row, one stream row, one cut off at most."""
    account = Account(exact=exact)
    now = 0
    for action, pick in script:
        waiting = [sent for sent in account.sent.values() if sent.fate is None]
        if action in {"send", "slow", "reject", "break"}:
            account.post(now, takes_s=0.1 if action == "send" else None)
            if action == "reject":
                account.books.answered(account.sent[now], 503, now + 0.1, now + 0.2)
            if action == "break":
                account.books.broke(account.sent[now])
            now += 1
        elif action == "deliver" and waiting:
            account.result(now + 0.5, waiting[pick % len(waiting)].frame)
        elif action == "repeat" and account.sent:
            account.result(now + 0.5, pick % len(account.sent))
        else:
            account.result(now + 0.5, None, cross_talk=action == "other")
    account.end(outcome)
    account.books.force_closed()
    assert sorted(row["frame"] for row in account.rows()) == list(range(now))
    assert len(account.settled) == now
    assert len(account.streams) == 1
    assert list(account.fates().values()).count("CUT_OFF") <= 1
