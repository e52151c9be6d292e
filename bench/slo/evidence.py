"""Evidence out of the ledger: the single values behind a figure, and how many lie on the wrong side of a limit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.ledger import Fate, Ledger
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.latency import Ways
from bench.metrics.rotation import (
    completed_turns,
    ended_waits,
    eta_errors,
    queue_waits,
    rejoin_gaps,
    turn_lengths,
    waits_at_end,
)
from bench.metrics.rows import EndpointRows
from bench.metrics.screen import Screen, first_frames, spells
from bench.metrics.spans import meet
from bench.metrics.window import Window
from bench.slo.decide import ASSUMED_ALIKE, SLICES, Batches, Count, slices_of
from bench.slo.limit import Limit


class Evidence(Protocol):
    """The values behind a distribution."""

    def count(self, limit: Limit, own: float) -> Count:
        """Count the values on the wrong side of `limit`; `own` is the run's own percentile."""

    def means(self) -> Floats:
        """The mean of each slice of the measured time that has any value."""


@dataclass(frozen=True, slots=True)
class Values:
    """One value for each frame, wait or turn: at which instant, and how much; both of shape (n,).

    `unended` are those that were still growing when the run ended: they count where they are too long already.
    """

    at_s: Floats
    value: Floats
    window: Window
    unended: Floats = field(default_factory=lambda: np.empty(0))

    def count(self, limit: Limit, own: float) -> Count:
        """Values themselves, each weighing as much as another."""
        late = int(wrong_side(self.unended, limit).sum()) if limit.upper else 0
        if not self.value.size:
            return Count(late, late) if late else Count(1, 0, ASSUMED_ALIKE)
        wrong = wrong_side(self.value, limit)
        alike = max(self._batches(wrong).alike(wrong.size), self._batches(self.value > own).alike(wrong.size))
        return Count(wrong.size + late, int(wrong.sum()) + late, alike)

    def _batches(self, wrong: NDArray[np.bool_]) -> Batches:
        place = slices_of(self.at_s, self.window.begin_s, self.window.length_s)
        weight = np.bincount(place, minlength=SLICES).astype(np.float64)
        return Batches(weight, np.bincount(place, weights=wrong, minlength=SLICES).astype(np.float64))

    def means(self) -> Floats:
        """Each slice's own."""
        place = slices_of(self.at_s, self.window.begin_s, self.window.length_s)
        counts, sums = np.bincount(place, minlength=SLICES), np.bincount(place, weights=self.value, minlength=SLICES)
        means: Floats = sums[counts > 0] / counts[counts > 0]
        return means


@dataclass(frozen=True, slots=True)
class Ages:
    """Spells in which an age grew from `young_s` to `old_s`, until `end_s`: time beyond a limit is counted."""

    young_s: Floats
    old_s: Floats
    end_s: Floats
    window: Window

    def count(self, limit: Limit, own: float) -> Count:
        """Each spell stands for one picture: n is their number, and the wrong ones their share of the time."""
        batches, n = self._batches(limit.value, limit.upper), self.young_s.size
        alike = max(batches.alike(n), self._batches(own, upper=True).alike(n))
        return Count(n, batches.share * n, alike)

    def _batches(self, age_s: float, upper: bool) -> Batches:
        weight, above = np.zeros(SLICES), np.zeros(SLICES)
        for slice_, begin_s, end_s in self._sliced():
            weight[slice_] = (end_s - begin_s).sum()
            above[slice_] = np.maximum(end_s - np.maximum(begin_s, self.end_s - self.old_s + age_s), 0).sum()
        return Batches(weight, above if upper else weight - above)

    def _sliced(self) -> "list[tuple[int, Floats, Floats]]":
        edges = np.linspace(self.window.begin_s, self.window.end_s, SLICES + 1)
        begin_s = self.end_s - self.old_s + self.young_s
        cut = [(np.clip(begin_s, a, b), np.clip(self.end_s, a, b)) for a, b in pairwise(edges)]
        return [(number, begin, end) for number, (begin, end) in enumerate(cut)]

    def means(self) -> Floats:
        """Each slice's own, weighted by time."""
        tick_s, means = self.end_s - self.old_s, []
        for _, begin_s, end_s in self._sliced():
            length = end_s - begin_s
            if length.sum() > 0:
                means.append(float((length * ((begin_s + end_s) / 2 - tick_s)).sum() / length.sum()))
        return np.array(means)


def wrong_side(values: Floats, limit: Limit) -> NDArray[np.bool_]:
    """Which values are not on the good side of a limit."""
    match limit.operator:
        case "<":
            return values >= limit.value
        case "<=":
            return values > limit.value
        case ">":
            return values <= limit.value
        case _:
            return values < limit.value


@dataclass(slots=True)
class EndpointEvidence:
    """What the ledger holds of one endpoint; each kind of value is worked out once, when it is first asked for."""

    rows: EndpointRows
    screen: Screen
    _ways: Ways | None = None
    _found: dict[tuple[str, ...], Evidence | None] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger, number: int) -> "EndpointEvidence":
        """Take the rows of `meta["endpoints"][number]`."""
        rows = EndpointRows.select(ledger, number, Window.measured(ledger))
        return cls(rows, Screen.watch(rows))

    def values(self, base: tuple[str, ...]) -> Evidence | None:
        """The values behind the distribution at `base` in an Endpoint; None where they are not known here."""
        if base not in self._found:
            find = _FINDERS.get(base)
            self._found[base] = find(self) if find else None
        return self._found[base]

    def frames(self, fate: str, *, wrong: bool, sent_only: bool = False) -> Count:
        """Count the frames that met a fate (`wrong`) or did not, of all captured in the window or of those sent."""
        rows = self.rows
        index = rows.index
        if sent_only:
            index = index[rows.frames["fate"][index] != Fate.SKIPPED]
        met = rows.frames["fate"][index] == Fate[fate.upper()]
        values = Values(rows.frames["tick_s"][index], (met == wrong).astype(np.float64), rows.window)
        return values.count(Limit("<", 0.5, "number"), 0.5)

    def ways(self) -> Ways:
        """Each frame's way."""
        if self._ways is None:
            self._ways = Ways.of(self.rows)
        return self._ways


def _known(at_s: Floats, value: Floats | None, window: Window) -> Values | None:
    if value is None:
        return None
    known = ~np.isnan(value)
    return Values(at_s[known], value[known], window) if known.any() else None


def _way(name: str) -> Callable[[EndpointEvidence], Values | None]:
    return lambda own: _known(own.ways().tick_s, getattr(own.ways(), name), own.rows.window)


def _waits(own: EndpointEvidence) -> Values | None:
    joined_s, waits_s = ended_waits(own.rows)["joined_s"], queue_waits(own.rows)
    return Values(joined_s, waits_s, own.rows.window, unended=waits_at_end(own.rows))


def _etas(own: EndpointEvidence) -> Values | None:
    return _known(ended_waits(own.rows)["joined_s"], eta_errors(own.rows), own.rows.window)


def _turns(own: EndpointEvidence) -> Values | None:
    return _known(completed_turns(own.rows)["ended_s"], turn_lengths(own.rows), own.rows.window)


def _gaps(own: EndpointEvidence) -> Values | None:
    return _known(*rejoin_gaps(own.rows), own.rows.window)


def _firsts(own: EndpointEvidence) -> Values | None:
    """One for each viewer; they come when the viewers do, so that slices of time would tell nothing."""
    values, window = first_frames(own.rows, own.screen), own.rows.window
    return _known(np.linspace(window.begin_s, window.end_s, values.size), values, window)


def _ages(own: EndpointEvidence) -> Ages | None:
    if not own.rows.pictures:
        return None
    shown, tick_s = spells(own.rows, own.screen)
    return Ages(shown.begin_s - tick_s, shown.end_s - tick_s, shown.end_s, own.rows.window) if tick_s.size else None


def _open_ages(own: EndpointEvidence) -> Ages | None:
    if not own.rows.pictures:
        return None
    shown, tick_s = spells(own.rows, own.screen)
    index, begin_s, end_s = meet(shown, own.rows.open_spans())
    tick_s = tick_s[index]
    return Ages(begin_s - tick_s, end_s - tick_s, end_s, own.rows.window) if tick_s.size else None


_FINDERS: dict[tuple[str, ...], Callable[[EndpointEvidence], Evidence | None]] = {
    ("latency_s",): _way("corrected"),
    ("latency_lower_s",): _way("lower"),
    ("latency_raw_s",): _way("raw"),
    ("parts_s", "send"): _way("send"),
    ("parts_s", "accept"): _way("accept"),
    ("parts_s", "serve"): _way("serve"),
    ("parts_s", "fetch"): _way("fetch"),
    ("queue_wait_s",): _waits,
    ("eta_error_s",): _etas,
    ("rotation", "granted_s"): _turns,
    ("rotation", "rejoin_gap_s"): _gaps,
    ("first_frame_s",): _firsts,
    ("staleness_s",): _ages,
    ("staleness_open_s",): _open_ages,
}


def stored(found: Distribution, limit: Limit) -> tuple[Count, Count]:
    """What a distribution alone tells of how many values are on the wrong side: at least, and at most, so many.

    Of n values, ⌈p·n⌉ are at or below the percentile p, and n − ⌈p·n⌉ + 1 at or above it.
    """
    n = found.count
    least, most = 0.0, n
    for share, value in ((0.5, found.p50), (0.9, found.p90), (0.95, found.p95), (0.99, found.p99), (1.0, found.max)):
        below = min(n, np.ceil(share * n))
        is_wrong = bool(wrong_side(np.array([value]), limit)[0])
        if limit.upper:
            least, most = (max(least, n - below + 1), most) if is_wrong else (least, min(most, n - below))
        else:
            least, most = (max(least, below), most) if is_wrong else (least, min(most, below - 1))
    return Count(n, min(least, n), ASSUMED_ALIKE), Count(n, max(0.0, min(most, n)), ASSUMED_ALIKE)
