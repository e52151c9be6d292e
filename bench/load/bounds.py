"""Bounds of a result without a mark: the earliest and the latest frame it can belong to. Pure.

A stream has a one-slot, latest-wins mailbox and handles one frame after another. So a result belongs to a later frame
than the one before it did, and to one sent before it came. Two things more follow if a result is here within
DELIVERY_S of being made: a frame accepted that long before the previous result was in the mailbox, or gone, when the
handler became free, so nothing older can have been taken; and if such a frame was still waiting then, the handler took
on at once, so nothing sent after the previous result can have been taken either.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.load.entries import SentFrame

DELIVERY_S = 0.25
"""From the end of the handler to its result's arrival: some ms where a server has time, and allowed many times that."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The frames a result can belong to, and when it came."""

    earliest: int
    latest: int
    result_s: float


def bound(sent: Sequence[SentFrame], result_s: float, previous: Bounds | None) -> Bounds | None:
    """Bound the result that came at `result_s`, among the frames `sent` in order, after the result `previous`.

    None when no frame is left that it can belong to: it repeats one.
    """
    if previous is None and sent and sent[0].join:
        return Bounds(sent[0].frame, sent[0].frame, result_s)  # a stream begins with the frame that joined
    after = -1 if previous is None else previous.earliest
    possible = [one for one in sent if one.frame > after and one.sending_s <= result_s and one.status < 400]
    if not possible:
        return None
    earliest, latest = possible[0].frame, possible[-1].frame
    waited = [one.frame for one in possible if previous and one.accepted_s <= previous.result_s - DELIVERY_S]
    if previous is not None and waited:
        earliest = waited[-1]
        if earliest > previous.latest:
            latest = max([earliest, *(one.frame for one in possible if one.sending_s <= previous.result_s)])
    return Bounds(earliest, latest, result_s)
