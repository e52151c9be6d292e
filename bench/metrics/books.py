"""The books: what became of every frame captured, and whether each has exactly one fate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.ledger import Fate
from bench.metrics.endpoint import Books, Bytes, Fps, Frames
from bench.metrics.rows import RESULT, EndpointRows, Index

_SLACK_S = 0.5  # a real browser's ticks drift, so its last may lie outside the window; more than this is a hole


@dataclass(frozen=True, slots=True)
class Account:
    """The frames by fate, whether the books close, and the viewers whose books do not."""

    frames: Frames
    books: Books
    broken: list[int]


def close_books(rows: EndpointRows) -> Account:
    """Count the frames that tick inside the window by fate, and check them against the viewers' own counting.

    A viewer numbers its ticks without a gap, so the ticks from its first row to its last are what it captured,
    and, for a viewer that recorded to the end, those up to the end (less `_SLACK_S` or one tick). Its books close when
    each of them has one row, with a fate that exists.
    """
    fates = np.bincount(rows.frames["fate"][rows.index], minlength=len(Fate))
    captured, unaccounted = _ticks(rows)
    unknown = int(fates[len(Fate) :].sum())
    frames = Frames(
        captured=int(captured.sum()),
        **{fate.name.lower(): int(fates[fate]) for fate in Fate},
    )
    missing = int(unaccounted.sum()) + unknown
    books = Books(closed=not missing, unaccounted=missing)
    return Account(frames, books, [int(viewer) for viewer in rows.recordings.viewer[unaccounted > 0]])


def _ticks(rows: EndpointRows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count each viewer's ticks, and those of them without a row or with more than one: both of shape (viewers,)."""
    lane = rows.recordings.lane(rows.frames["viewer"][rows.index])
    frame = rows.frames["frame"][rows.index].astype(np.int64)
    first = np.concatenate([[True], lane[1:] != lane[:-1]])[: lane.size]
    fresh = first | np.concatenate([[True], frame[1:] != frame[:-1]])[: lane.size]
    viewers = rows.recordings.viewer.size
    held, distinct = np.bincount(lane, minlength=viewers), np.bincount(lane[fresh], minlength=viewers)
    starts = np.flatnonzero(first)
    ends = np.concatenate([starts[1:], [lane.size]])[: starts.size] - 1
    captured = np.zeros(viewers, np.int64)
    captured[lane[starts]] = frame[ends] - frame[starts] + 1 + _lost_at_end(rows, lane[ends], rows.index[ends])
    return captured, (captured - distinct) + (held - distinct)


def _lost_at_end(rows: EndpointRows, lane: Index, last: Index) -> NDArray[np.int64]:
    """Count the ticks after each viewer's last row, where the viewer stayed to the end of the window."""
    every_s = rows.settings.get("stream_every_s")
    if not every_s:
        return np.zeros(lane.size, np.int64)
    silent_s = rows.window.end_s - rows.frames["tick_s"][last]
    stayed = rows.recordings.ended[lane] & (rows.recordings.end_s[lane] >= rows.window.end_s)
    hole = stayed & (silent_s > every_s + max(_SLACK_S, every_s))
    return np.where(hole, np.floor(silent_s / every_s), 0).astype(np.int64)


def results(rows: EndpointRows) -> int:
    """Count the fresh results: those of the window's frames, and those that no frame's row can hold.

    The latter repeat a frame, or show another viewer's; the streams counted them, over the whole run.
    """
    held = int(np.isin(rows.frames["fate"][rows.every], RESULT).sum())
    inside = int(np.isin(rows.frames["fate"][rows.index], RESULT).sum())
    return inside + max(0, int(rows.streams["results"].sum()) - held)


def bytes_per_frame(rows: EndpointRows) -> Bytes:
    """Mean sizes over the window's frames that had a body, and over those whose result had one."""
    return Bytes(sent=_mean_size(rows, "bytes_sent"), received=_mean_size(rows, "bytes_received"))


def _mean_size(rows: EndpointRows, column: str) -> float | None:
    sizes = rows.frames[column][rows.index]
    count = np.count_nonzero(sizes)
    return float(sizes.sum(dtype=np.int64) / count) if count else None


def frame_rates(rows: EndpointRows, frames: Frames) -> Fps:
    """Frames captured and delivered per second of recording, which makes them a viewer's own rates.

    A tick stands for one `stream_every_s`, so that N ticks are N intervals: between the first and the last of them lie
    only N − 1, and a short recording divided by those would seem faster than it was.
    """
    every_s = rows.settings.get("stream_every_s")
    seconds = frames.captured * every_s if every_s else float(rows.recordings.length_s.sum())
    if not seconds:
        return Fps(offered=None, delivered=None)
    return Fps(offered=frames.captured / seconds, delivered=frames.delivered / seconds)
