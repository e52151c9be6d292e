"""One script's share of a run: the harness's rows on the server's clock, beside the server's records of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf, isnan
from typing import Any

import numpy as np

from bench.ledger import CERTAIN, Fate, Ledger, Outcome, Rows
from bench.truth.fates import OUTCOMES, heeded_until_s, true_fates
from bench.truth.records import EventRecord, Post, Records
from bench.truth.script import Script

Pairs = list[tuple[Any, Post]]
"""Frame rows of the harness, each with the POST that carried the frame."""

_EARLY = "sent while waiting"
_CROSSING_S = 0.25  # news of an opening that is under way this long at most when its viewer leaves is not heard
_STOP_S = 0.05  # the end of a run keeps the generator's loop busy for some ms
_TICK_S = 1e-5  # more than a double loses on its way to the wall clock and back


@dataclass(frozen=True, slots=True)
class Account:
    """One script's counts as they were and as the harness has them, by name.

    `wrong` says what no counting shows; `noise` that the differences came and went while the machine was noisy.
    """

    name: str
    true: dict[str, int]
    told: dict[str, int]
    wrong: list[str] = field(default_factory=list)
    noise: bool = False

    @property
    def differences(self) -> list[str]:
        """Say in words where the two differ; empty where all is exact."""
        names = [name for name in self.true if self.true[name] != self.told[name]]
        counted = [f"{name.replace('_', ' ')}: {self.told[name]} told, {self.true[name]} true" for name in names]
        return [*counted, *self.wrong]


class Side:
    """One endpoint: its rows, on the server's clock, and its share of the records."""

    def __init__(self, ledger: Ledger, index: int, records: Records, scripts: tuple[Script, ...]) -> None:
        endpoint = [script.name for script in scripts].index(ledger.meta["endpoints"][index]["api_name"])
        self._shift_s, self._script = ledger.metas[0]["wall_offset_s"], scripts[endpoint]
        self.frames = _of(ledger.frames, index)
        self._streams, self._viewers = _of(ledger.streams, index), _of(ledger.viewers, index)
        self._posts = [post for post in records.posts if post.endpoint == endpoint]
        self._events = [event for event in records.events if event.endpoint == endpoint]
        self._own = Records(self._posts, self._events)
        self._late_s = max(
            [note["loop_lag_s"] for note in ledger.notes if note["note"] == "generator"][-3:], default=0.0
        )

    @property
    def name(self) -> str:
        """The script's name."""
        return self._script.name

    def account(self) -> Account:
        """Count fates, streams and results on both sides, and look at each frame whose fate is called certain."""
        fates = true_fates(self._own, self._left_s())
        received = Counter(fates.values())
        unsent = self._unsent()
        received[Fate.SKIPPED] = self._ticks() - len(self._posts) - unsent
        received[Fate.IN_FLIGHT] += unsent
        told = Counter(map(int, self.frames["fate"]))
        true_counts = {fate.name.lower(): received[fate] for fate in Fate}
        told_counts = {fate.name.lower(): told[int(fate)] for fate in Fate}
        return Account(
            self._script.name,
            true_counts | self._true_streams(),
            told_counts | self._told_streams(),
            [*self._wrong(fates), *self._unlawful()],
        )

    def pairs(self) -> Pairs:
        """Each frame row with the POST that carried it, for pictures whose mark the server read."""
        posts = {(post.viewer, post.frame): post for post in self._posts if post.viewer >= 0}
        keys = zip(self.frames["viewer"].tolist(), self.frames["frame"].tolist(), strict=True)
        return [(row, posts[key]) for row, key in zip(self.frames, keys, strict=True) if key in posts]

    def instant(self, row: Any, name: str) -> float:
        """An instant of the harness on the server's clock."""
        return float(row[name] - self._shift_s)

    def streams(self) -> Iterator[tuple[Any, EventRecord]]:
        """Each stream row with the event it was, for those that opened."""
        rows = {row["event_id"].decode(): row for row in self._streams}
        for event in self._events:
            row = rows.get(event.event_id)
            if row is not None and not isnan(row["open_s"]) and not isnan(event.opened_s):
                yield row, event

    def _left_s(self) -> dict[str, float]:
        """When each event's viewer was told to stop; or when it opened, where that news and the stop crossed."""
        stopped = {int(row["viewer"]): self.instant(row, "stopped_s") for row in self._viewers}
        told = {row["event_id"].decode(): row for row in self._streams}
        marked = {post.event_id: post.viewer for post in self._posts}
        left = {}
        for event in self._events:
            row = told.get(event.event_id)
            viewer = marked.get(event.event_id, -1) if row is None else int(row["viewer"])
            left_s = stopped.get(viewer, inf)
            heard = row is not None and not isnan(row["open_s"])
            crossed = not heard and 0 <= left_s - event.opened_s < _CROSSING_S
            left[event.event_id] = np.nextafter(event.opened_s, 0) if crossed else left_s
        return left

    def _ticks(self) -> int:
        """How often the cameras ticked by the clock; ticks due in the very instant of the stop may be lost to it.

        That instant is as long as the generator's loop last was late.
        """
        every_s = self._script.stream_every_s
        total = 0
        for row in self._viewers:
            told = int(np.count_nonzero(self.frames["viewer"] == row["viewer"]))
            spans = (float(row["stopped_s"]) - float(row["started_s"])) / every_s
            total += told if int(spans - self._late_s / every_s) <= told <= int(spans) + 1 else int(spans) + 1
        return total

    def _unsent(self) -> int:
        """Count frames that were due, or on their way, as their viewer was stopped: no server can know of them."""
        came = {(post.viewer, post.frame) for post in self._posts}
        return sum(
            (int(row["viewer"]), int(row["frame"])) not in came and self._too_late(row)
            for row in self.frames[self.frames["fate"] == Fate.IN_FLIGHT]
        )

    def _too_late(self, row: Any) -> bool:
        """Whether a frame was due within the stop's own time; or, where the server reads marks, sent into a hang-up."""
        stopped_s = next((float(one["stopped_s"]) for one in self._viewers if one["viewer"] == row["viewer"]), -inf)
        if isnan(row["sending_s"]):
            return bool(stopped_s - row["tick_s"] <= max(self._late_s, _STOP_S))
        return self._script.kind == "camera" and bool(stopped_s - row["sending_s"] <= _CROSSING_S)

    def _true_streams(self) -> dict[str, int]:
        told = {row["event_id"].decode(): row for row in self._streams}
        ends = Counter(self._true_end(event, told.get(event.event_id)) for event in self._events)
        refused, crossed = sum(not post.event_id for post in self._posts), self._unanswered_joins()
        ends[Outcome.REJECTED], ends[Outcome.UNFINISHED] = refused - crossed, ends[Outcome.UNFINISHED] + crossed
        foreign = sum(post.answered and not post.lost and 0 <= post.shows != post.number for post in self._posts)
        doubled = sum(post.repeats for post in self._posts)
        streams = {f"streams {outcome.name.lower()}": ends[outcome] for outcome in Outcome}
        return {**streams, "results": self._results(), "duplicated": doubled, "cross_talk": foreign, _EARLY: 0}

    def _unanswered_joins(self) -> int:
        """Count refused joins whose viewer left before it could hear of the refusal."""
        unfinished = self._streams[
            (self._streams["outcome"] == Outcome.UNFINISHED) & (self._streams["event_id"] == b"")
        ]
        leaving = {int(row["viewer"]) for row in unfinished}
        last = {post.viewer: post for post in sorted(self._posts, key=lambda post: post.received_s)}
        return sum(viewer in last and last[viewer].status == 503 for viewer in leaving)

    def _true_end(self, event: EventRecord, row: Any) -> Outcome:
        """How it ended; unfinished where its viewer left before it was told of the end, or even of the event's name."""
        if row is None:
            return Outcome.UNFINISHED
        heard = event.ended_s <= self.instant(row, "ended_s") - _CROSSING_S  # NaN: nobody was there
        return Outcome.UNFINISHED if not heard and row["outcome"] == Outcome.UNFINISHED else OUTCOMES[event.how]

    def _results(self) -> int:
        left_s = self._left_s()
        heeded_s = {one.event_id: heeded_until_s(one, left_s.get(one.event_id, inf)) for one in self._events}
        return sum(1 + post.repeats for post in self._posts if post.sent_s <= heeded_s.get(post.event_id, inf))

    def _told_streams(self) -> dict[str, int]:
        ends = Counter(map(int, self._streams["outcome"]))
        sums = {name: int(self._streams[name].sum()) for name in ("results", "duplicated", "cross_talk")}
        early = sum(post.early for post in self._posts)
        return {**{f"streams {one.name.lower()}": ends[int(one)] for one in Outcome}, **sums, _EARLY: early}

    def _wrong(self, fates: dict[int, Fate]) -> list[str]:
        """Name fates that were called certain and are another's."""
        mistaken = Counter(
            (Fate(int(row["fate"])).name.lower(), fates[post.number].name.lower())
            for row, post in self.pairs()
            if row["flags"] & CERTAIN and row["fate"] != fates[post.number]
        )
        return [f"{count} frames certainly {told}, in truth {true}" for (told, true), count in mistaken.items()]

    def _unlawful(self) -> list[str]:
        """Name what cannot be: frames twice on record, ticks off their cadence, effects before their causes."""
        keys = self.frames["viewer"].astype(np.int64) << 32 | self.frames["frame"]
        twice = keys.size - np.unique(keys).size
        started = {int(row["viewer"]): float(row["started_s"]) for row in self._viewers}
        begin = np.array([started.get(viewer, np.nan) for viewer in self.frames["viewer"].tolist()])
        off = np.abs(self.frames["tick_s"] - begin - self.frames["frame"] * self._script.stream_every_s) > _TICK_S
        early = sum(self._breaks_causality(row, post) for row, post in self.pairs())
        found = ((twice, "frames twice on record"), (int(off.sum()), "ticks off their cadence"))
        return [f"{count} {what}" for count, what in (*found, (early, "effects before their causes")) if count]

    def _breaks_causality(self, row: Any, post: Post) -> bool:
        sending_s, result_s, shown_s = (self.instant(row, name) for name in ("sending_s", "result_s", "shown_s"))
        sooner = (self.instant(row, "tick_s") > sending_s, sending_s > post.received_s)
        own = row["fate"] == Fate.DELIVERED and post.shows == post.number and not post.repeats
        return any(sooner) or (own and (result_s < post.sending_s - _TICK_S or shown_s < post.serving_s - _TICK_S))


def _of(rows: Rows, endpoint: int) -> Rows:
    mine: Rows = rows[rows["endpoint"] == endpoint]
    return mine
