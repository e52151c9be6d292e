"""A browser's ledger: what was noted in the page, as the rows a synthetic viewer would have written.

Fates are worked out by rules of its own, simpler than the harness's, for every picture that was sent is at hand and
its mark read. So the same figures come of both sides by the same metrics, and no error of the load side is shared.
"""

from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pybase64

from bench.errors import TargetError
from bench.fidelity.browser import Report
from bench.fidelity.case import Case
from bench.ledger import CERTAIN, FRAME, JOIN, SHOWN, STREAM, VIEWER, Fate, Ledger, Outcome
from bench.media.mark import MarkLayout
from bench.media.reading import read_mark
from bench.media.tones import RATE_HZ
from bench.media.wav import HEADER_BYTES

Row = tuple[Any, ...]
_MULTIPART_BYTES = 180  # around an uploaded chunk: Chromium's boundary twice, and three header lines
_RESULTS = ("process_streaming", "process_generating", "process_completed")


@dataclass(slots=True)
class _Sent:
    """A frame that was sent; times in seconds of the wall clock."""

    frame: int
    tick_s: float
    sending_s: float
    accepted_s: float
    status: int
    bytes_sent: int
    join: bool
    mark: int | None = None
    sound_s: float = 0.0
    fate: Fate | None = None
    bytes_received: int = 0
    result_s: float = nan
    shown_s: float = nan
    shown: bool = False


@dataclass(slots=True)
class _Stream:
    """A stream: the frames sent to it and the messages that came of it, in order."""

    event_id: str
    sent: list[_Sent] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    results: int = 0
    duplicated: int = 0

    def at(self, message: str) -> float:
        """When the first message of this name came; NaN where none did."""
        return next((one["at_s"] for one in self.messages if one["message"]["msg"] == message), nan)


def browser_ledger(report: Report, case: Case, layout: MarkLayout, api_prefix: str = "/gradio_api") -> Ledger:
    """Make the ledger of one visit. Result files are read from this machine's disk, where the app keeps them.

    Raises TargetError when nothing was recorded.
    """
    page = _Page(report, case, layout, api_prefix)
    if not page.ticks or not page.streams:
        raise TargetError(f"The browser recorded nothing on {case.page}.", "Open the page in it by hand to see why.")
    for stream in page.streams:
        page.take_results(stream)
        _settle(stream)
    return page.ledger()


class _Page:
    """One visit's report, put in order."""

    def __init__(self, report: Report, case: Case, layout: MarkLayout, api_prefix: str) -> None:
        self._case, self._layout, self._prefix = case, layout, api_prefix
        self._origin_s = report["origin"] / 1000
        self._loads = {load["url"] for load in report["loads"]}
        self._files = {file["url"]: file for file in reversed(report["files"])}
        camera = case.kind == "camera"
        marks = report["ticks"] if camera else [chunk["at"] for chunk in report["chunks"]]
        self.ticks = [self._s(at) for at in marks]
        self._lengths_s = [] if camera else [chunk["bytes"] / 2 / RATE_HZ for chunk in report["chunks"]]
        self.streams: list[_Stream] = []
        self._take_posts(report["posts"])
        self._take_messages(report["messages"])

    def _s(self, at_ms: float | None) -> float:
        return nan if at_ms is None else self._origin_s + at_ms / 1000

    # What was sent --------------------------------------------------------------------------------------------

    def _take_posts(self, posts: list[dict[str, Any]]) -> None:
        uploads = {
            path: post
            for post in posts
            if post["url"].partition("?")[0].endswith("/upload")
            for path in _answer(post, list)
        }
        by_event: dict[str, _Stream] = {}
        for post in posts:
            path = post["url"].partition(self._prefix)[2]
            if path.startswith("/queue/join") and post["media"] is not None:
                event_id = str((_answer(post, dict) or {}).get("event_id", ""))
                self.streams.append(by_event.setdefault(event_id, _Stream(event_id)))
                self.streams[-1].sent.append(self._sent(post, uploads, join=True))
            elif path.startswith("/stream/") and not path.endswith("/close"):
                stream = by_event.get(path.split("/")[2])
                if stream is not None:
                    stream.sent.append(self._sent(post, uploads, join=False))

    def _sent(self, post: dict[str, Any], uploads: dict[str, dict[str, Any]], *, join: bool) -> _Sent:
        media = post["media"]
        first, size = post, post["bytes"]
        mark, sound_s = None, 0.0
        if self._case.kind == "camera":
            identity = read_mark(pybase64.b64decode(media["url"].partition(",")[2]), self._layout)
            mark = None if identity is None else identity.frame
        else:
            first = uploads[media["path"]]
            size += media["size"] + _MULTIPART_BYTES
            sound_s = (media["size"] - HEADER_BYTES) / 2 / RATE_HZ
        begun_s = self._s(first["at"])
        frame = int(np.searchsorted(self.ticks, begun_s, side="right")) - 1
        return _Sent(
            frame,
            self.ticks[max(frame, 0)],
            begun_s,
            self._s(post["answered"]),
            post["status"],
            size,
            join,
            mark,
            sound_s,
        )

    # What came back -------------------------------------------------------------------------------------------

    def _take_messages(self, messages: list[dict[str, Any]]) -> None:
        by_event = {stream.event_id: stream for stream in self.streams}
        for one in messages:
            stream = by_event.get(one["message"]["event_id"])
            if stream is not None:
                stream.messages.append({**one, "at_s": self._s(one["at"])})

    def take_results(self, stream: _Stream) -> None:
        """Give each result to the frame that it shows."""
        for one in stream.messages:
            message = one["message"]
            data = (message.get("output") or {}).get("data")
            if message["msg"] in _RESULTS and isinstance(data, list):
                self._take_result(stream, one, data)

    def _take_result(self, stream: _Stream, one: dict[str, Any], data: list[Any]) -> None:
        value = next((each for each in data if isinstance(each, dict) and each.get("path")), None)
        open_ones = [sent for sent in stream.sent if sent.fate is None and sent.status < 400]
        open_ones = [sent for sent in open_ones if sent.sending_s <= one["at_s"]]
        if self._case.kind == "camera":
            identity = None if value is None else read_mark(Path(value["path"]).read_bytes(), self._layout)
            frame = None if identity is None else identity.frame
            found = next((sent for sent in reversed(open_ones) if sent.mark == frame), None)
        else:  # the handler is quicker than a chunk is long: results come in order, one for each
            repeats = one["message"]["msg"] == "process_completed" and one["message"]["output"].get("is_generating")
            found = None if repeats else next(iter(open_ones), None)
        if found is None:
            stream.duplicated += 1
            return
        stream.results += 1
        found.fate, found.result_s, found.bytes_received = Fate.DELIVERED, one["at_s"], one["size"]
        if value is not None:
            self._show(found, value["url"])

    def _show(self, sent: _Sent, url: str) -> None:
        file = self._files.get(url)
        if file is not None and file["status"] == 200:
            sent.shown_s, sent.bytes_received = self._s(file["done"]), file["bytes"]
        sent.shown = url in self._loads

    # Rows -----------------------------------------------------------------------------------------------------

    def ledger(self) -> Ledger:
        """Put all rows together."""
        sent = {one.frame: (number, one) for number, stream in enumerate(self.streams) for one in stream.sent}
        frames = [self._frame(frame, *sent.get(frame, (-1, None))) for frame in range(len(self.ticks))]
        viewer = (0, 0, self.ticks[0], self.ticks[-1] + self._case.every_s)
        rows = {"frames": len(frames), "streams": len(self.streams), "viewers": 1}
        return Ledger(
            meta=_meta(self._case),
            metas=[{"process": "browser", "wall_offset_s": 0.0, "rows": rows}],
            frames=np.array(frames, FRAME),
            streams=np.array([_stream_row(number, one) for number, one in enumerate(self.streams)], STREAM),
            viewers=np.array([viewer], VIEWER),
            notes=[],
        )

    def _frame(self, frame: int, stream: int, sent: _Sent | None) -> Row:
        tick_s = self.ticks[frame]
        if sent is None or sent.fate is None:
            length_s = self._lengths_s[frame] if self._lengths_s else 0.0
            never = (nan,) * 5
            return (0, 0, -1, frame, frame, frame, Fate.SKIPPED, CERTAIN, 0, 0, 0, tick_s, *never, length_s)
        flags = CERTAIN | sent.join * JOIN | sent.shown * SHOWN
        times = (tick_s, sent.sending_s, sent.sending_s, sent.accepted_s, sent.result_s, sent.shown_s)
        sizes = (sent.bytes_sent, sent.bytes_received)
        return (0, 0, stream, frame, frame, frame, sent.fate, flags, sent.status, *sizes, *times, sent.sound_s)


def _settle(stream: _Stream) -> None:
    """Give every frame without a result its fate: by what came after it."""
    over = not np.isnan(stream.at("process_completed"))
    left = [sent for sent in stream.sent if sent.fate is None]
    last = max((sent.frame for sent in stream.sent if sent.fate is Fate.DELIVERED), default=-1)
    for sent in left:
        if sent.status >= 400:
            sent.fate = Fate.REJECTED
        elif not sent.status:
            sent.fate = Fate.IN_FLIGHT
        else:
            sent.fate = Fate.OVERWRITTEN
    trailing = [sent for sent in left if sent.fate is Fate.OVERWRITTEN and sent.frame > last]
    for sent in trailing[-1:]:
        sent.fate = Fate.CUT_OFF if over else Fate.IN_FLIGHT


def _stream_row(number: int, stream: _Stream) -> Row:
    first: dict[str, Any] = next(
        (one["message"] for one in stream.messages if one["message"]["msg"] == "estimation"), {}
    )
    ended_s = stream.at("process_completed")
    last = next((one["message"] for one in stream.messages if one["message"]["msg"] == "process_completed"), None)
    outcome = Outcome.UNFINISHED if last is None else Outcome.COMPLETED if last["success"] else Outcome.FAILED
    eta, rank, size = first.get("rank_eta"), first.get("rank", -1), first.get("queue_size", -1)
    times = (stream.sent[0].sending_s, stream.at("process_starts"), ended_s, nan if eta is None else eta)
    counts = (stream.results, stream.duplicated, 0, 0, 0, 0, 0)
    return (0, 0, number, outcome, *times, rank, size, *counts, stream.event_id.encode())


def _meta(case: Case) -> dict[str, Any]:
    result = "text" if case.kind == "microphone" else "image"
    settings = {"stream_every_s": case.every_s, "time_limit_s": None, "concurrency_limit": None}
    endpoint = {"api_name": case.page, "kind": case.kind, "attribution": "exact", "result": result}
    return {"run": {}, "app": {}, "endpoints": [{**endpoint, "settings": {**settings, "effective_limit": None}}]}


def _answer(post: dict[str, Any], kind: type) -> Any:
    """Read a POST's answer, empty where there is none of that kind."""
    try:
        answer = orjson.loads(post.get("answer") or b"null")
    except ValueError:
        answer = None
    return answer if isinstance(answer, kind) else kind()
