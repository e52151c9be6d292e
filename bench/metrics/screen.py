"""The viewer's screen: how old the picture on it is, when it freezes, and when the first one comes."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bench.ledger import Fate
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.endpoint import Freezes
from bench.metrics.rows import EndpointRows, Index
from bench.metrics.spans import Spans, meet

_FREEZE_GAPS = 30  # how many gaps the mean covers, and the two conditions below: W3C webrtc-stats, freezeCount
_FREEZE_TIMES, _FREEZE_MORE_S = 3.0, 0.150
_CHUNK = 100_000  # spans cut at a time, to keep ten million in memory bounds


@dataclass(frozen=True, slots=True)
class Screen:
    """Every result seen by the endpoint's viewers over the whole run, by viewer and instant; all of shape (n,)."""

    lane: NDArray[np.int32]
    stream: NDArray[np.int32]
    seen_s: Floats
    tick_s: Floats  # NaN where nobody can tell which frame it was

    @classmethod
    def watch(cls, rows: EndpointRows) -> Self:
        """Order what was seen as it came: a screen shows the latest arrival, even where it is an older frame."""
        index = rows.seen(rows.every)
        index = index[~np.isnan(rows.seen_s(index))]
        index = index[np.lexsort((rows.seen_s(index), rows.frames["viewer"][index]))]
        tick_s = rows.frames["tick_s"][rows.source(index, "earliest")]
        tick_s[rows.frames["fate"][index] != Fate.DELIVERED] = np.nan
        return cls(
            lane=rows.recordings.lane(rows.frames["viewer"][index]).astype(np.int32),
            stream=rows.frames["stream"][index],
            seen_s=rows.seen_s(index),
            tick_s=tick_s,
        )


@dataclass(frozen=True, slots=True)
class Staleness:
    """The age of the picture on screen, always, and while a stream was open; count is in seconds."""

    always: Distribution | None
    while_open: Distribution | None


def staleness(rows: EndpointRows, screen: Screen) -> Staleness:
    """Weigh the age of the picture on screen by time, from each viewer's first picture to the end of its recording.

    Between two pictures the age grows a second per second: from seen − tick of the one on screen. Only the time inside
    the window counts, though the picture may have come before it. Time under a picture whose frame is not known does
    not count. None for results that are not pictures.
    """
    if not rows.pictures:
        return Staleness(None, None)
    shown, tick_s = spells(rows, screen)
    always = Distribution.of_ages(shown.begin_s - tick_s, shown.end_s - tick_s)
    return Staleness(always, _while_open(shown, tick_s, rows.open_spans()))


def spells(rows: EndpointRows, screen: Screen) -> tuple[Spans, Floats]:
    """Find when each picture was on a screen inside the window, and the tick of its frame."""
    until = np.full(screen.lane.size, np.inf)
    same = screen.lane[1:] == screen.lane[:-1]
    until[:-1][same] = screen.seen_s[1:][same]
    np.minimum(until, rows.recordings.end_s[screen.lane], out=until)
    begin = rows.window.clip(screen.seen_s)
    real = (until > begin) & ~np.isnan(screen.tick_s)
    return Spans(screen.lane[real], begin[real], until[real]), screen.tick_s[real]


def _while_open(shown: Spans, tick_s: Floats, opened: Spans) -> Distribution | None:
    young, old = np.empty((2, tick_s.size + opened.lane.size))  # disjoint spans cannot meet more often than that
    count = 0
    for start in range(0, tick_s.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        index, begin, end = meet(Spans(shown.lane[part], shown.begin_s[part], shown.end_s[part]), opened)
        found = slice(count, count := count + index.size)
        young[found] = begin - tick_s[part][index]
        old[found] = end - tick_s[part][index]
    return Distribution.of_ages(young[:count], old[:count])


def freezes(rows: EndpointRows, screen: Screen) -> Freezes | None:
    """Find the gaps between pictures of one stream, both shown inside the window, that are freezes.

    A gap is a freeze from max(3 × mean, mean + 150 ms) on, the mean taken over the last 30 gaps of the stream with this
    one (over its first 30 where there are fewer): W3C webrtc-stats, `freezeCount`. Waiting in the queue lies between
    streams and is no freeze. None for results that are not pictures.
    """
    if not rows.pictures or not screen.seen_s.size:
        return None
    frozen = freeze_spans(rows, screen).length_s
    longest = float(frozen.max()) if frozen.size else None
    return Freezes(count=int(frozen.size), total_s=float(frozen.sum()), longest_s=longest)


def freeze_spans(rows: EndpointRows, screen: Screen) -> Spans:
    """Find when each freeze of `freezes` began and ended, and on whose screen."""
    inside = rows.window.holds(screen.seen_s)
    same = (screen.lane[1:] == screen.lane[:-1]) & (screen.stream[1:] == screen.stream[:-1])
    same &= inside[1:] & inside[:-1]
    gaps = np.diff(screen.seen_s)
    place = np.flatnonzero(same & (gaps >= _FREEZE_MORE_S))  # no shorter gap can be one
    place = place[gaps[place] >= _freeze_from(gaps, same, place)]
    return Spans(screen.lane[place], screen.seen_s[place], screen.seen_s[place + 1])


def _freeze_from(gaps: Floats, same: NDArray[np.bool_], place: Index) -> Floats:
    """Tell the length from which the gaps at `place` are freezes; `same` says which gaps lie within one stream."""
    breaks = np.flatnonzero(~same)
    stream = np.searchsorted(breaks, place)  # the breaks before each gap tell its stream
    begin = np.concatenate([[0], breaks + 1])[stream]
    end = np.concatenate([breaks, [gaps.size]])[stream]
    last = np.minimum(np.maximum(place + 1, begin + _FREEZE_GAPS), end)
    first = np.maximum(last - _FREEZE_GAPS, begin)
    sums = np.concatenate([[0.0], np.cumsum(gaps)])
    mean = (sums[last] - sums[first]) / np.maximum(last - first, 1)
    limits: Floats = np.maximum(_FREEZE_TIMES * mean, mean + _FREEZE_MORE_S)
    return limits


def first_frames(rows: EndpointRows, screen: Screen) -> Floats:
    """Seconds from each viewer's first join frame's tick to the first result it saw, over the whole run.

    A viewer who saw none is left out (and counted by `viewers_without_result`).
    """
    joins = rows.every[rows.joins(rows.every)]
    lane, place = np.unique(rows.recordings.lane(rows.frames["viewer"][joins]), return_index=True)
    joined = np.full(rows.recordings.viewer.size, np.nan)
    joined[lane] = rows.frames["tick_s"][joins[place]]
    seen, place = np.unique(screen.lane, return_index=True)
    waited: Floats = screen.seen_s[place] - joined[seen]
    return waited[~np.isnan(waited)]
