"""The fates that were, worked out by hand."""

from math import nan

import pytest

from bench.ledger import Fate
from bench.truth.fates import true_fates
from bench.truth.records import EventRecord, Post, Records


def post(
    number: int, *, sent_s: float = nan, status: int = 200, raised: bool = False, shows: int | None = None
) -> Post:
    """A frame that arrived at the second of its number."""
    own = number if shows is None else shows
    return Post(number, 0, "e", number == 0, float(number), status, sent_s=sent_s, raised=raised, shows=own)


def fates(*posts: Post, how: str = "limit", opened_s: float = 0.0, closed_s: float = nan) -> list[str]:
    """The fates of one stream's frames, in order."""
    event = EventRecord("e", 0, "s", 0.0, opened_s, closed_s, 99.0, how)
    found = true_fates(Records([*posts], [event]), {"e": 50.0})
    return [found[one.number].name for one in posts]


def test_a_frame_with_its_own_result_is_delivered() -> None:
    """Also one whose file cannot be had: the result said that it was handled."""
    lost = post(1, sent_s=1.5)
    lost.lost = True
    assert fates(post(0, sent_s=0.5), lost) == ["DELIVERED", "DELIVERED"]


def test_what_a_later_result_passed_over_was_overwritten_and_the_last_one_is_cut_off() -> None:
    """Of the frames nothing came of, at most the last of a stream is cut off."""
    frames = post(0, sent_s=0.5), post(1), post(2, sent_s=2.5), post(3), post(4)
    assert fates(*frames) == ["DELIVERED", "OVERWRITTEN", "DELIVERED", "OVERWRITTEN", "CUT_OFF"]


def test_the_frame_that_raised_has_failed() -> None:
    """Those before it that were passed over were overwritten; the one that waited behind it is cut off."""
    frames = post(0, sent_s=0.5), post(1), post(2, raised=True), post(3)
    assert fates(*frames, how="raised") == ["DELIVERED", "OVERWRITTEN", "FAILED", "CUT_OFF"]


@pytest.mark.parametrize("status", [404, 429, 503])
def test_a_refused_frame_is_rejected_and_stands_for_no_other(status: int) -> None:
    """A frame that was not accepted neither overwrote the one before it nor was cut off."""
    assert fates(post(0), post(1, status=status)) == ["CUT_OFF", "REJECTED"]


@pytest.mark.parametrize("shows", [-1, 0])
def test_a_result_with_another_picture_is_unattributed(shows: int) -> None:
    """Another viewer's picture and none at all look alike from the frame's side: a result came, not its own."""
    assert fates(post(0, sent_s=0.5), post(1, sent_s=1.5, shows=shows)) == ["DELIVERED", "UNATTRIBUTED"]


def test_what_comes_after_the_viewers_close_is_not_heeded() -> None:
    """The run ended first: the last frame is in flight, however soon its result came."""
    frames = post(0, sent_s=0.5), post(1, sent_s=30.1)
    assert fates(*frames, how="closed", closed_s=30.0) == ["DELIVERED", "IN_FLIGHT"]


def test_a_stream_that_opened_after_the_end_is_in_flight() -> None:
    """Viewers that stop let the next ones in; those have left by then."""
    assert fates(post(0, sent_s=50.4), opened_s=50.1) == ["IN_FLIGHT"]


def test_a_refused_join_is_rejected() -> None:
    """A join answered with 503 began no event, and its frame was rejected."""
    refused = Post(0, 0, "", True, 0.0, 503)
    assert true_fates(Records([refused], []), {}) == {0: Fate.REJECTED}


def test_what_the_handler_is_at_when_its_viewer_leaves_is_in_flight() -> None:
    """Whatever was accepted since waits behind it, and only the last of that is under way as well."""
    first = post(0)
    first.taken_s, first.done_s = 0.1, 60.0
    assert fates(first, post(1), post(2), how="closed", closed_s=30.0) == ["IN_FLIGHT", "OVERWRITTEN", "IN_FLIGHT"]
