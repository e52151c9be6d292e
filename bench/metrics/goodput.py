"""Goodput: how many viewers were well served, second by second, by a rule that the user gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.metrics.distribution import Floats
from bench.metrics.endpoint import Goodput
from bench.metrics.rows import EndpointRows
from bench.metrics.screen import Screen, freeze_spans, spells
from bench.metrics.spans import Spans

Grid = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerRule:
    """When a viewer counts as well served: every condition given holds in a share `share` of its seconds.

    - `fps`: results seen in the second, at least; `of_camera`: as a share of what the camera records.
    - `staleness_s`: the picture on screen never gets as old as this. - `freeze_s`: no freeze as long as this.
    - `wait_s`: a wait for a turn has not lasted as long as this yet.

    A second in which the viewer had an open stream all the while is judged by the first three, any other by the last.
    """

    fps: float | None = None
    of_camera: bool = False
    staleness_s: float | None = None
    freeze_s: float | None = None
    wait_s: float | None = None
    share: float = 0.95
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Seconds:
    """A grid of viewers and whole seconds; `all` says which the viewer recorded throughout."""

    begin_s: float
    viewers: int
    count: int

    def touched(self, spans: Spans) -> Grid:
        """Seconds that any of the spans reaches into."""
        first = np.clip(np.floor(spans.begin_s - self.begin_s), 0, self.count).astype(np.intp)
        last = np.clip(np.ceil(spans.end_s - self.begin_s), 0, self.count).astype(np.intp)
        return self._between(spans, first, last)

    def filled(self, spans: Spans) -> Grid:
        """Seconds that one of the spans covers from end to end."""
        first = np.clip(np.ceil(spans.begin_s - self.begin_s - _SLACK_S), 0, self.count).astype(np.intp)
        last = np.clip(np.floor(spans.end_s - self.begin_s + _SLACK_S), 0, self.count).astype(np.intp)
        return self._between(spans, first, np.maximum(first, last))

    def _between(self, spans: Spans, first: NDArray[np.intp], last: NDArray[np.intp]) -> Grid:
        edges = np.zeros((self.viewers, self.count + 1), np.int64)
        np.add.at(edges, (spans.lane, first), 1)
        np.add.at(edges, (spans.lane, last), -1)
        within: Grid = edges.cumsum(axis=1)[:, :-1] > 0
        return within

    def counted(self, lane: NDArray[np.signedinteger], at_s: Floats) -> NDArray[np.int64]:
        """How many instants fall into each second."""
        place = np.floor(at_s - self.begin_s).astype(np.intp)
        inside = (place >= 0) & (place < self.count)
        counts = np.bincount(lane[inside] * self.count + place[inside], minlength=self.viewers * self.count)
        return counts.reshape(self.viewers, self.count).astype(np.int64)


_SLACK_S = 0.001  # two notes of one instant lie apart by less


def goodput(rows: EndpointRows, screen: Screen, rule: ViewerRule) -> Goodput:
    """Count the viewers well served, over the whole seconds that each recorded inside the window.

    Those who recorded for less than a whole second are left out. Staleness and freezes are asked of pictures only.
    """
    seconds = _Seconds(rows.window.begin_s, rows.recordings.viewer.size, int(rows.window.length_s + _SLACK_S))
    lanes = np.arange(seconds.viewers)
    recorded = seconds.filled(Spans(lanes, rows.recordings.begin_s, rows.recordings.end_s))
    live = recorded & seconds.filled(rows.open_spans())
    good = np.where(live, _served(rows, screen, rule, seconds), _patient(rows, rule, seconds))
    total, kept = recorded.sum(axis=1), (good & recorded).sum(axis=1)
    counted = total > 0
    well = counted & (kept >= rule.share * total - 1e-9)
    return Goodput(viewers=int(counted.sum()), good_viewers=int(well.sum()), rule=rule.text)


def _served(rows: EndpointRows, screen: Screen, rule: ViewerRule, seconds: _Seconds) -> Grid:
    good = np.ones((seconds.viewers, seconds.count), np.bool_)
    if rule.fps is not None:
        every_s = rows.settings.get("stream_every_s")
        least = rule.fps / every_s if rule.of_camera and every_s else rule.fps
        good &= seconds.counted(screen.lane, screen.seen_s) >= np.floor(least + 1e-9)
    if rule.staleness_s is not None and rows.pictures:
        shown, tick_s = spells(rows, screen)
        old = shown.end_s - tick_s >= rule.staleness_s
        begin = np.maximum(shown.begin_s, tick_s + rule.staleness_s)
        good &= ~seconds.touched(Spans(shown.lane[old], begin[old], shown.end_s[old]))
    if rule.freeze_s is not None and rows.pictures:
        frozen = freeze_spans(rows, screen)
        long = frozen.length_s >= rule.freeze_s
        good &= ~seconds.touched(Spans(frozen.lane[long], frozen.begin_s[long], frozen.end_s[long]))
    return good


def _patient(rows: EndpointRows, rule: ViewerRule, seconds: _Seconds) -> Grid:
    """Seconds before a wait, counted from its join, became too long."""
    good = np.ones((seconds.viewers, seconds.count), np.bool_)
    if rule.wait_s is not None:
        end_s = rows.window.end_s
        streams = rows.streams[rows.streams["joined_s"] + rule.wait_s < end_s]
        until = np.where(np.isnan(streams["open_s"]), streams["ended_s"], streams["open_s"])
        until = np.minimum(np.where(np.isnan(until), end_s, until), end_s)
        begin = streams["joined_s"] + rule.wait_s
        long = until > begin
        lane = rows.recordings.lane(streams["viewer"][long])
        good &= ~seconds.touched(Spans(lane, begin[long], until[long]))
    return good
