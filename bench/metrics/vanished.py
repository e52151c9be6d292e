"""Viewers who vanished without a word: how long the app kept their slots taken, seen from outside.

Nothing tells when a server notices that nobody is there. Two things give it away:

- A viewer that vanished silently still hears its connection end: from the vanishing until then its slot was taken.
- A viewer whose connections died hears nothing. But streams known to be open and slots still taken by the vanished can
  never be more than the limit; so when one more opens than there was room for, a slot has been given back by then. If
  somebody waited all the while, it was given back just then, for a free slot is handed to the first in the queue.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import numpy as np

from bench.ledger import Ledger, Rows
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.window import Window

SLACK_S = 0.100  # viewers of a busy app see one handover so far apart: shorter overlaps, and gaps, prove nothing

How = Literal["measured", "at_most", "at_least", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """Those who vanished in the same way with a stream open, in the measured window: `count` of them.

    `held_s` is how long their slots stayed taken, where that could be measured. `at_most_s` holds upper bounds of
    others (nobody waited all the while), `at_least_s` lower ones (still taken when the run ended); for the rest nothing
    is known. Of several alike, the first to vanish counts as the first given back: single values may be swapped, the
    mean is not.
    """

    heartbeat: bool
    silently: bool
    count: int
    held_s: Distribution | None
    at_most_s: Distribution | None
    at_least_s: Distribution | None


def vanished(ledger: Ledger, endpoint: int, window: Window) -> list[Vanished]:
    """Tell it of `meta["endpoints"][endpoint]`, one entry for each way of vanishing."""
    described = ledger.meta["endpoints"]
    name = described[endpoint]["api_name"]
    ghosts = [one for one in _slots(ledger, endpoint).follow(window.end_s) if one.name == name]
    inside = [one for one in ghosts if window.begin_s <= one.at_s < window.end_s]
    inside.sort(key=lambda one: (not one.heartbeat, one.silently))
    return [_sum(list(alike)) for _, alike in groupby(inside, lambda one: (one.heartbeat, one.silently))]


@dataclass(slots=True)
class _Ghost:
    """One who vanished with a stream open. `sure` says that it cannot be mistaken for one that vanished otherwise."""

    name: str
    viewer: int
    at_s: float
    heartbeat: bool
    silently: bool
    released_s: float = np.inf
    sure: bool = True
    how: How = "unknown"
    held_s: float = np.nan

    def settle(self, how: How, until_s: float) -> None:
        """Say until when the slot was taken."""
        self.how, self.held_s = how, until_s - self.at_s


@dataclass(slots=True)
class _Slots:
    """The slots that endpoints share, and who holds them.

    `unseen` are the spans in which the server may have had a stream open for a viewer that vanished from the queue:
    nobody can see one, so what ends in such a span is only an upper bound.
    """

    limit: int | None
    streams: Rows
    ghosts: list[_Ghost]
    unseen: list[tuple[float, float]]

    def follow(self, end_s: float) -> list[_Ghost]:
        """Settle every ghost, up to the run's end."""
        for ghost in self.ghosts:
            if ghost.silently:
                over = ghost.released_s < end_s
                ghost.settle("measured" if over else "at_least", ghost.released_s if over else end_s)
        if self.limit is not None and self._lost(end_s):
            opened = np.sort(self.streams["open_s"])
            for open_s in opened[(opened > self._lost(end_s)[0].at_s) & (opened <= end_s)]:
                self._one_more(float(open_s), self.limit)
            for ghost in self._lost(end_s):
                if self._exact(ghost, end_s):
                    ghost.settle("at_least", end_s)
        return self.ghosts

    def _lost(self, now_s: float) -> list[_Ghost]:
        """Those whose connections are dead, and whose slots are not known to have been given back."""
        return [one for one in self.ghosts if not one.silently and one.at_s < now_s and np.isnan(one.held_s)]

    def _one_more(self, now_s: float, limit: int) -> None:
        """Take note that a stream opened: as many as are too many for the limit have been given back."""
        lost = self._lost(now_s)
        too_many = min(self._known_at(now_s) + len(lost) - limit, len(lost))
        if too_many <= 0:
            return
        if too_many < len(lost) and len({one.heartbeat for one in lost}) > 1:
            for ghost in lost:
                ghost.sure = False
        for ghost in lost[:too_many]:
            bounded = ghost.sure or too_many == len(lost)
            ghost.settle("measured" if self._exact(ghost, now_s) else "at_most" if bounded else "unknown", now_s)

    def _exact(self, ghost: _Ghost, until_s: float) -> bool:
        """Whether its slot would have been seen to be free before that."""
        hidden = any(begin_s < until_s < end_s for begin_s, end_s in self.unseen)
        return ghost.sure and not hidden and self._waited(ghost.at_s, until_s)

    def _known_at(self, now_s: float) -> int:
        """Count the slots known to be taken: streams open, and those of viewers who vanished silently."""
        opened, ended = self.streams["open_s"], _never(self.streams["ended_s"])
        silent = sum(one.silently and one.at_s <= now_s < one.released_s - SLACK_S for one in self.ghosts)
        return int(np.count_nonzero((opened <= now_s) & (now_s < ended - SLACK_S))) + silent

    def _waited(self, begin_s: float, end_s: float) -> bool:
        """Whether somebody was in the queue all the while."""
        joined = self.streams["joined_s"]
        left = np.fmin(_never(self.streams["open_s"]), _never(self.streams["ended_s"]))
        reached = begin_s + SLACK_S
        for place in np.argsort(joined):
            if joined[place] <= reached:
                reached = max(reached, float(left[place]))
        return reached >= end_s


def _slots(ledger: Ledger, endpoint: int) -> _Slots:
    """Gather the endpoint's slots, and those who share them: endpoints of one `concurrency_id`."""
    described = ledger.meta["endpoints"]
    settings = [one.get("settings", {}) for one in described]
    group = settings[endpoint].get("concurrency_id")
    sharing = [n for n, one in enumerate(settings) if n == endpoint or (group and one.get("concurrency_id") == group)]
    names = {described[number]["api_name"] for number in sharing}
    notes = [note for note in ledger.notes if note.get("endpoint") in names]
    released = {note["viewer"]: note["at_s"] for note in notes if note["note"] == "released"}
    gone = sorted((note for note in notes if note["note"] == "vanished"), key=lambda note: float(note["at_s"]))
    streams = ledger.streams[np.isin(ledger.streams["endpoint"], sharing)]
    limit_s = settings[endpoint].get("time_limit_s") or np.inf
    return _Slots(
        limit=settings[endpoint].get("effective_limit"),
        streams=streams,
        ghosts=[_ghost(note, released) for note in gone if note["doing"] == "open"],
        unseen=[_unseen(note, streams, limit_s) for note in gone if note["doing"] == "waiting"],
    )


def _ghost(note: dict[str, Any], released: dict[int, float]) -> _Ghost:
    known = {name: note[name] for name in ("viewer", "at_s", "heartbeat", "silently")}
    return _Ghost(name=note["endpoint"], released_s=released.get(note["viewer"], np.inf), **known)


def _unseen(note: dict[str, Any], streams: Rows, limit_s: float) -> tuple[float, float]:
    """From the vanishing until long after its turn: the queue is first come, first served, and no turn is for ever."""
    joined_s = np.max(streams["joined_s"][streams["viewer"] == note["viewer"]], initial=-np.inf)
    later_s = np.fmin.reduce(streams["open_s"][streams["joined_s"] > joined_s], initial=np.inf)
    return note["at_s"], max(float(later_s), note["at_s"]) + 2 * limit_s


def _sum(alike: list[_Ghost]) -> Vanished:
    return Vanished(
        heartbeat=alike[0].heartbeat,
        silently=alike[0].silently,
        count=len(alike),
        held_s=_distribution(alike, "measured"),
        at_most_s=_distribution(alike, "at_most"),
        at_least_s=_distribution(alike, "at_least"),
    )


def _distribution(ghosts: Iterable[_Ghost], how: How) -> Distribution | None:
    return Distribution.of(np.array([one.held_s for one in ghosts if one.how == how], np.float64))


def _never(instants_s: Floats) -> Floats:
    """Put infinity where an instant never came."""
    return np.where(np.isnan(instants_s), np.inf, instants_s)
