"""The fates that were: which one each frame met, as the server knows it. Pure; the words are those of the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import inf, isnan

from bench.ledger import Fate, Outcome
from bench.truth.records import EventRecord, Post, Records

OUTCOMES = {
    "limit": Outcome.COMPLETED,
    "idle": Outcome.COMPLETED,
    "raised": Outcome.FAILED,
    "closed": Outcome.UNFINISHED,  # no viewer of a self-check leaves before the run is over
    "left": Outcome.UNFINISHED,
    "": Outcome.UNFINISHED,
}


def true_fates(records: Records, left_s: Mapping[str, float]) -> dict[int, Fate]:
    """Tell the fate of each POST by its number.

    `left_s` holds, by event id, when the event's viewer was told to stop: one still waiting then heeds nothing more.
    """
    by_event: dict[str, list[Post]] = defaultdict(list)
    for post in records.posts:
        by_event[post.event_id].append(post)
    fates = {post.number: Fate.REJECTED for post in by_event.pop("", [])}
    events = {event.event_id: event for event in records.events}
    for event_id, posts in by_event.items():
        fates |= _fates_of_stream(events[event_id], posts, left_s.get(event_id, inf))
    return fates


def _fates_of_stream(event: EventRecord, posts: Iterable[Post], left_s: float) -> dict[int, Fate]:
    """Tell them by the ledger's own definitions: of the frames nothing came of, only the last accepted is cut off.

    One that the handler was still at when its viewer left is in flight, whatever was accepted after it.
    """
    until_s = heeded_until_s(event, left_s)
    unfinished = until_s < inf or event.how in {"closed", "left", ""}
    fates: dict[int, Fate] = {}
    trailing: list[Post] = []
    for post in sorted(posts, key=lambda post: post.received_s):
        fate = _own_fate(post, until_s)
        if fate is not None:
            fates[post.number] = fate
        if fate is None:
            trailing.append(post)
        elif fate is not Fate.REJECTED:
            fates |= {one.number: Fate.OVERWRITTEN for one in trailing}
            trailing.clear()
    for one in trailing[:-1]:
        handled = unfinished and one.taken_s <= until_s < one.done_s
        fates[one.number] = Fate.IN_FLIGHT if handled else Fate.OVERWRITTEN
    fates |= {one.number: Fate.IN_FLIGHT if unfinished else Fate.CUT_OFF for one in trailing[-1:]}
    return fates


def heeded_until_s(event: EventRecord, left_s: float) -> float:
    """Tell until when its viewer heeds what an event sends: to its own close, or to `left_s` where it still waited."""
    if not event.opened_s <= left_s:
        return left_s
    return inf if isnan(event.closed_s) else event.closed_s


def _own_fate(post: Post, until_s: float) -> Fate | None:
    """Tell the fate of a frame that does not hang on its neighbours'."""
    if post.status >= 400:
        return Fate.REJECTED
    if post.raised:
        return Fate.FAILED
    if not post.sent_s <= until_s:
        return None
    return Fate.DELIVERED if post.lost or post.shows == post.number else Fate.UNATTRIBUTED
