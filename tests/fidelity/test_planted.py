"""Errors planted in one side's measurements: each is caught by the comparison, and nothing else is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from bench.fidelity.case import Case
from bench.fidelity.comparison import Row, Verdict, compare, confirm
from bench.fidelity.figures import tell
from bench.fidelity.traffic import Traffic, Way
from bench.ledger import JOIN, Fate, Ledger, Rows
from tests.ledgers import LedgerBuilder, endpoint, meta

CASE = Case("simple", 8, queue=True)
ALONE = Case("simple", 8)
EVERY_S = 0.2
SECONDS = 10.0
TURN_S = 2.0


@dataclass(frozen=True)
class Sides:
    """A visit told twice, in a ledger and on the wire, and the traffic's figures."""

    ledger: Ledger
    wire: Traffic


def written(folder: Path, *, later_s: float = 0.0) -> Ledger:
    """Write a viewer that has every other turn; each picture is here 50 ms after its tick and `later_s`."""
    builder = LedgerBuilder(folder, meta(endpoint(stream_every_s=EVERY_S)))
    builder.viewer(0, 0.0, SECONDS)
    for turn in range(3):
        begin_s = 2 * TURN_S * turn
        builder.stream(0, turn, begin_s - 0.05, begin_s, begin_s + TURN_S)
    per_cycle = round(2 * TURN_S / EVERY_S)
    for frame in range(round(SECONDS / EVERY_S)):
        tick_s = frame * EVERY_S
        turn, inside_s = frame // per_cycle, frame % per_cycle * EVERY_S
        if inside_s < TURN_S - EVERY_S / 2:
            times = {"result_s": tick_s + 0.04 + later_s, "shown_s": tick_s + 0.05 + later_s}
            builder.frame(0, frame, tick_s, stream=turn, join=inside_s < EVERY_S / 2, status=200, **times)
        else:
            builder.frame(0, frame, tick_s, Fate.SKIPPED)
    return builder.ledger()


def on_wire(ledger: Ledger) -> Traffic:
    """What a tap would have seen of an honest ledger."""
    sent = ledger.frames[ledger.frames["fate"] != Fate.SKIPPED]
    plain = sent[sent["flags"] & JOIN == 0]
    spans_s = plain["shown_s"] - plain["sending_s"] - 0.0004
    ways = [Way(frame, span, span) for frame, span in zip(plain["frame"].tolist(), spans_s.tolist(), strict=True)]
    return Traffic(sent.size, 0, frozenset(sent["frame"].tolist()), 0, tuple(ways), 6, {})


@pytest.fixture
def sides(tmp_path: Path) -> Sides:
    """Tell of an honest visit."""
    ledger = written(tmp_path / "harness")
    return Sides(ledger, on_wire(ledger))


def planted(sides: Sides, change: Callable[[Rows], None]) -> Ledger:
    """Tell the visit with its frames' rows changed."""
    rows = sides.ledger.frames.copy()
    change(rows)
    return replace(sides.ledger, frames=rows)


def beyond(rows: list[Row]) -> set[str]:
    """Name the figures beyond their bars and not explained."""
    return {row.figure.name for row in rows if row.verdict is Verdict.BEYOND}


def judged(sides: Sides, harness: Ledger, case: Case = CASE) -> set[str]:
    """Compare the honest visit as the browser's with `harness`, and that with the honest wire."""
    told = tell(harness, case, sides.wire)
    browser = tell(sides.ledger, case, sides.wire)
    return beyond(compare(case, browser.measures, told.measures, browser.turns)) | beyond(
        confirm(case, told, sides.wire)
    )


def test_an_honest_visit_is_within_every_bar(sides: Sides) -> None:
    """A viewer that does and tells what the browser does passes, with a queue and without."""
    assert judged(sides, sides.ledger) == set()
    assert judged(sides, sides.ledger, ALONE) == set()


@pytest.mark.parametrize("shift_s", [0.005, -0.005], ids=["later", "sooner"])
def test_a_latency_shifted_by_5_ms_is_caught(sides: Sides, shift_s: float) -> None:
    """Too little for the bar between browser and harness, it shows against the wire, frame by frame."""

    def shift(rows: Rows) -> None:
        rows["shown_s"] += shift_s

    assert judged(sides, planted(sides, shift)) == {"wire_latency_s"}


def test_a_latency_shifted_by_more_than_the_bar_is_caught_without_the_wire(sides: Sides, tmp_path: Path) -> None:
    """20 ms more than a browser's is beyond the bar, and no work of the browser's own explains it."""
    late = written(tmp_path / "late", later_s=0.02)
    told, other = tell(late, ALONE, on_wire(late)), tell(sides.ledger, ALONE, sides.wire)
    assert beyond(compare(ALONE, other.measures, told.measures)) >= {"raw_p50_s", "latency_p95_s", "app_p50_s"}


def test_a_swapped_fate_is_caught(sides: Sides) -> None:
    """One frame told as overwritten whose picture was fetched: the books still close, the wire does not agree."""

    def swap(rows: Rows) -> None:
        rows["fate"][np.flatnonzero(rows["fate"] == Fate.DELIVERED)[3]] = Fate.OVERWRITTEN

    assert judged(sides, planted(sides, swap)) == {"wire_delivered"}


def test_two_swapped_fates_that_leave_the_counts_are_caught(sides: Sides) -> None:
    """A frame delivered and one overwritten, told the other way round: every count is right, and both are named."""
    rows = sides.ledger.frames.copy()
    first, second = np.flatnonzero(rows["fate"] == Fate.DELIVERED)[3:5]
    rows["fate"][first] = Fate.OVERWRITTEN
    wire = replace(sides.wire, delivered=sides.wire.delivered - {int(rows["frame"][second])})
    told = tell(replace(sides.ledger, frames=rows), CASE, wire)
    assert len(told.delivered) == len(wire.delivered)
    (row,) = [row for row in confirm(CASE, told, wire) if row.figure.name == "wire_delivered"]
    assert (row.harness, row.verdict) == (2, Verdict.BEYOND)


def test_swapped_fates_are_caught_without_the_wire(sides: Sides) -> None:
    """Half of the results told as overwritten are more than a turn's end can explain."""

    def swap(rows: Rows) -> None:
        delivered = np.flatnonzero((rows["fate"] == Fate.DELIVERED) & (rows["flags"] & JOIN == 0))
        rows["fate"][delivered[::2]] = Fate.OVERWRITTEN

    assert judged(sides, planted(sides, swap)) >= {"delivered", "overwritten", "wire_delivered"}


def test_a_viewer_that_sends_while_waiting_is_caught(sides: Sides) -> None:
    """It sends what a browser skips: the counts tell, and so does a wire on which POSTs meet no open stream."""

    def send(rows: Rows) -> None:
        skipped = rows["fate"] == Fate.SKIPPED
        rows["fate"][skipped], rows["status"][skipped] = Fate.REJECTED, 404
        rows["sending_s"][skipped] = rows["tick_s"][skipped]

    harness = planted(sides, send)
    assert judged(sides, harness) >= {"sent", "skipped", "rejected", "wire_posts", "wire_refused"}
    early = replace(sides.wire, early=20)
    assert "wire_early" in beyond(confirm(CASE, tell(harness, CASE, early), early))


def test_a_browsers_own_work_is_explained_only_where_the_apps_part_agrees(sides: Sides, tmp_path: Path) -> None:
    """A browser 20 ms later is explained when the wire is alike, and not when its app was slower as well."""
    late = written(tmp_path / "late", later_s=0.02)
    harness = tell(sides.ledger, ALONE, sides.wire).measures
    alike = compare(ALONE, tell(late, ALONE, sides.wire).measures, harness)
    assert beyond(alike) == set()
    assert {row.figure.name for row in alike if row.verdict is Verdict.EXPLAINED} >= {"raw_p50_s", "latency_p95_s"}
    apart = compare(ALONE, tell(late, ALONE, on_wire(late)).measures, harness)
    assert beyond(apart) >= {"raw_p50_s", "app_p50_s"}


def test_a_figure_that_only_one_side_has_is_beyond_its_bar(sides: Sides) -> None:
    """A figure that was not measured is never taken for equal."""
    measures = tell(sides.ledger, CASE, sides.wire).measures
    assert beyond(compare(CASE, measures, {**measures, "granted_s": None})) == {"granted_s"}
