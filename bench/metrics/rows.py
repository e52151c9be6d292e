"""One endpoint's rows: which of the ledger's are its own, in which order, and whose camera recorded when."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bench.ledger import JOIN, SHOWN, Fate, Ledger, Rows
from bench.metrics.distribution import Floats
from bench.metrics.spans import Spans
from bench.metrics.window import Window

Index = NDArray[np.intp]
RESULT = (Fate.DELIVERED, Fate.UNATTRIBUTED)  # the fates of frames whose result came


@dataclass(frozen=True, slots=True)
class Recordings:
    """Each viewer's recording, sorted by viewer: shape (viewers,), clipped to the window.

    A viewer whose last row is missing (its process died) recorded up to its last tick on record.
    """

    viewer: NDArray[np.int64]
    begin_s: Floats
    end_s: Floats
    ended: NDArray[np.bool_]  # whether the row that closes a viewer was written

    def lane(self, viewers: NDArray[Any]) -> Index:
        """Find each given viewer's place in these arrays."""
        place: Index = np.searchsorted(self.viewer, viewers)
        return place

    @property
    def present(self) -> int:
        """How many viewers recorded inside the window."""
        return int(np.count_nonzero(self.length_s > 0))

    @property
    def length_s(self) -> Floats:
        """Seconds each viewer recorded inside the window."""
        return self.end_s - self.begin_s


@dataclass(frozen=True, slots=True)
class EndpointRows:
    """What a ledger holds of one endpoint. Frames are indexed, never copied: columns are taken as they are needed.

    `every` indexes all its frames and `index` those that tick inside the window, both by viewer and frame.
    `pictures` says whether results are pictures, which are shown one at a time; `files` whether what viewers get is a
    fetched file (`shown_s`) or the message itself (`result_s`); `bounded` whether results belong to one of several
    frames: by design, or because marks turned out unreadable. `one_clock` says that all viewers of the run sat on one
    machine: instants of several viewers can be compared.
    """

    meta: dict[str, Any]
    window: Window
    frames: Rows
    every: Index
    index: Index
    streams: Rows
    recordings: Recordings
    pictures: bool
    files: bool
    bounded: bool
    one_clock: bool

    @classmethod
    def select(cls, ledger: Ledger, endpoint: int, window: Window) -> Self:
        """Select the rows of `meta["endpoints"][endpoint]`; streams are sorted by viewer and join."""
        meta = described(ledger)[endpoint]
        every = np.flatnonzero(ledger.frames["endpoint"] == endpoint)
        every = every[np.argsort(_identity(ledger.frames, every), kind="stable")]
        inside = window.holds(ledger.frames["tick_s"][every])
        streams = ledger.streams[ledger.streams["endpoint"] == endpoint]
        viewers = ledger.viewers[ledger.viewers["endpoint"] == endpoint]
        pictures = meta["kind"] == "camera" and (meta.get("result") == "image" or _any_shown(ledger.frames, every))
        return cls(
            meta=meta,
            window=window,
            frames=ledger.frames,
            every=every,
            index=every if inside.all() else every[inside],
            streams=streams[np.lexsort((streams["joined_s"], streams["viewer"]))],
            recordings=_recordings(viewers, ledger.frames, every, window),
            bounded=is_bounded(ledger, meta) or _any_bounds(ledger.frames, every),
            pictures=pictures,
            one_clock=machines(ledger) <= 1,
            files=pictures or (not is_transcript(meta) and _any_fetched(ledger.frames, every)),
        )

    @property
    def settings(self) -> dict[str, Any]:
        """The endpoint's settings as the load side knew them; a limit it could not know is None."""
        settings: dict[str, Any] = self.meta.get("settings", {})
        return settings

    @property
    def microphone(self) -> bool:
        """Whether frames are chunks of sound."""
        return bool(self.meta["kind"] == "microphone")

    @property
    def transcript(self) -> bool:
        """Whether results are texts in which spoken words can be read."""
        return is_transcript(self.meta)

    @property
    def streams_lost(self) -> bool:
        """Whether frames tell of streams that no row does: a stream is written at its end, and their process died."""
        gone = self.recordings.viewer[~self.recordings.ended]
        index = self.every[np.isin(self.frames["viewer"][self.every], gone)]
        sent = {(one["viewer"], one["stream"]) for one in np.unique(self.frames[["viewer", "stream"]][index])}
        known = {(one["viewer"], one["stream"]) for one in np.unique(self.streams[["viewer", "stream"]])}
        return any(stream >= 0 for _, stream in sent - known)

    def seen(self, index: Index) -> Index:
        """Those of the frames whose result reached the viewer's screen or ears.

        A picture does unless the next one replaced it first; a sound as soon as its file is here, where it has one (a
        playlist has none); anything else by its message.
        """
        if self.pictures:
            seen = self.frames["flags"][index] & SHOWN != 0
        else:
            seen = np.isin(self.frames["fate"][index], RESULT) & ~np.isnan(self.seen_s(index))
        those: Index = index[seen]
        return those

    def seen_s(self, index: Index) -> Floats:
        """When: shape of `index`."""
        seen: Floats = self.frames["shown_s" if self.files else "result_s"][index]
        return seen

    def joins(self, index: Index) -> NDArray[np.bool_]:
        """Whether each frame rode in a join."""
        joins: NDArray[np.bool_] = (self.frames["flags"][index] & JOIN) != 0
        return joins

    def source(self, index: Index, bound: str) -> Index:
        """Find the frames that results belong to: the rows themselves where attribution is exact.

        Where it is bounded, `bound` ("earliest" or "latest") says which end to take. The row of such a frame is looked
        up; a result whose frame is not on record (lost in a crash) keeps its own row.
        """
        if not self.bounded:
            return index
        known = _identity(self.frames, self.every)
        wanted = _identity(self.frames, index, bound)
        place = np.minimum(np.searchsorted(known, wanted), known.size - 1)
        return np.where(known[place] == wanted, self.every[place], index)

    def open_spans(self, shorten_s: float = 0.0) -> Spans:
        """When viewers had a stream open, inside the window; one that never ended was open to the window's end.

        `shorten_s` is taken off the end of each, before clipping.
        """
        opened = self.streams[~np.isnan(self.streams["open_s"])]
        ended = np.where(np.isnan(opened["ended_s"]), np.inf, opened["ended_s"] - shorten_s)
        begin, end = self.window.clip(opened["open_s"]), self.window.clip(ended)
        real = end > begin
        return Spans(self.recordings.lane(opened["viewer"][real]), begin[real], end[real])


def machines(ledger: Ledger) -> int:
    """Count the machines that viewers sat on. Files of a version that did not say so are taken for one machine's."""
    return len({meta.get("machine") for meta in ledger.metas if meta["rows"]["viewers"]})


def described(ledger: Ledger) -> list[dict[str, Any]]:
    """Give the endpoints as the ledger's head describes them, their result as the run found it to be.

    Where several outputs could carry marks, a note says in which kind of output they came back. Of several processes
    one may have found a text to speak later than the others: a text found counts.
    """
    notes = [note for note in ledger.notes if note["note"] == "marks"]
    notes.sort(key=lambda note: bool(note["result"] == "text"))
    found = {note["endpoint"]: {name: note[name] for name in ("result", "result_streams")} for note in notes}
    return [{**one, **found.get(one["api_name"], {})} for one in ledger.meta.get("endpoints", [])]


def is_transcript(meta: dict[str, Any]) -> bool:
    """Whether results of the endpoint so described are texts in which spoken words can be read."""
    return bool(meta["kind"] == "microphone" and meta.get("result") == "text")


def _any_shown(frames: Rows, every: Index) -> bool:
    return bool((frames["flags"][every] & SHOWN).any())


def _any_fetched(frames: Rows, every: Index) -> bool:
    return not np.isnan(frames["shown_s"][every]).all()


def is_bounded(ledger: Ledger, meta: dict[str, Any]) -> bool:
    """Whether results carry no marks: known beforehand, or found out in the run."""
    found = any(note["note"] == "bounded" and note["endpoint"] == meta["api_name"] for note in ledger.notes)
    return found or meta.get("attribution") == "bounded"


def _any_bounds(frames: Rows, every: Index) -> bool:
    return bool((frames["earliest"][every] != frames["latest"][every]).any())


def _identity(frames: Rows, index: Index, which: str = "frame") -> NDArray[np.int64]:
    """Viewer and frame as one number that sorts by viewer first."""
    identity: NDArray[np.int64] = frames["viewer"][index].astype(np.int64) << 32
    identity |= frames[which][index]
    return identity


def _recordings(viewers: Rows, frames: Rows, every: Index, window: Window) -> Recordings:
    """From the viewers' rows; frames tell of a viewer whose rows are missing."""
    owner = frames["viewer"][every]
    firsts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]])) if every.size else every
    lasts = np.concatenate([firsts[1:], [every.size]])[: firsts.size] - 1
    names = np.union1d(viewers["viewer"], owner[firsts]).astype(np.int64)
    begin, end = np.full(names.size, np.nan), np.full(names.size, np.nan)
    lane = np.searchsorted(names, owner[firsts])
    begin[lane], end[lane] = frames["tick_s"][every[firsts]], frames["tick_s"][every[lasts]]
    lane = np.searchsorted(names, viewers["viewer"])
    begin[lane] = viewers["started_s"]
    end[lane] = np.where(np.isnan(viewers["stopped_s"]), end[lane], viewers["stopped_s"])
    ended = np.zeros(names.size, np.bool_)
    ended[lane] = ~np.isnan(viewers["stopped_s"])
    begin = window.clip(begin)
    return Recordings(names, begin, np.fmax(window.clip(end), begin), ended)
