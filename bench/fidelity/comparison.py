"""The comparison: one side's figures against the other's, and against the wire. Pure functions on measurements."""

from dataclasses import dataclass, replace
from enum import Enum
from statistics import median

from bench.fidelity.case import Case
from bench.fidelity.explained import reason
from bench.fidelity.figures import ABSOLUTE_S, FIGURES, RELATIVE, Figure, Measures, Told, Unit
from bench.fidelity.traffic import Traffic

WIRE_S = 0.003
"""How far the latencies told may be from the tap's, at the median: between the two lies a loopback socket."""


_TO_A_STEP = frozenset({"granted_s", "gap_s"})


class Verdict(Enum):
    """How a row came out."""

    WITHIN = "within"
    EXPLAINED = "explained"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its reference; `bar` is how far apart they may be, `why` explains where they must be."""

    figure: Figure
    reference: float | None
    harness: float | None
    bar: float
    verdict: Verdict
    why: str = ""

    @property
    def difference(self) -> float | None:
        """Harness less reference."""
        return None if self.reference is None or self.harness is None else self.harness - self.reference


_POSTS = Figure("wire_posts", "POSTs told, on the wire", Unit.COUNT)
_REFUSED = Figure("wire_refused", "refused told, on the wire", Unit.COUNT)
_DELIVERED = Figure("wire_delivered", "delivered told but not fetched, or the reverse", Unit.COUNT, kind="camera")
_EARLY = Figure("wire_early", "POSTs to a stream not open", Unit.COUNT)
_LATENCY = Figure("wire_latency_s", "latency told less that on the wire", Unit.MILLISECONDS, kind="camera")


def compare(case: Case, browser: Measures, harness: Measures, turns: int = 1) -> list[Row]:
    """Compare every figure the case has; `turns` is how many the browser was granted.

    A turn ends with the first frame that is done after its time, and the next is joined with a tick. So spans between
    such ends may differ by one step, a tick or a call, beyond the bars, and a count by one frame for each turn.
    """
    figures = [figure for figure in FIGURES if figure.applies(case)]
    rows = [_row(case, figure, browser.get(figure.name), harness.get(figure.name), turns) for figure in figures]
    agreeing = frozenset(row.figure.name for row in rows if row.verdict is Verdict.WITHIN)
    return [row if row.verdict is Verdict.WITHIN else _judged(case, row, agreeing) for row in rows]


def confirm(case: Case, told: Told, wire: Traffic) -> list[Row]:
    """Compare what the harness tells of its own visit with what passed through its tap: counts must be equal.

    What is in flight when the run ends may pass the tap and reach no viewer any more.
    """
    pairs: list[tuple[Figure, float | None, float | None, float]] = [
        (_POSTS, wire.posts, told.posts, told.unanswered),
        (_REFUSED, wire.refused, told.refused, 0),
        (_DELIVERED, 0, len((wire.delivered ^ told.delivered) - told.in_flight), 0),
        (_EARLY, 0, wire.early, 0),
        (_LATENCY, 0.0, _over(told, wire), WIRE_S),
    ]
    return [
        Row(figure, reference, value, bar, _within(reference, value, bar))
        for figure, reference, value, bar in pairs
        if figure.applies(case)
    ]


def _over(told: Told, wire: Traffic) -> float | None:
    """By how much the latencies told exceed those on the wire, frame by frame: the median."""
    ways = {way.frame: way.whole_s for way in wire.ways}
    over = [one - ways[frame] for frame, one in told.latency_s.items() if frame in ways]
    return median(over) if over else None


def _row(case: Case, figure: Figure, browser: float | None, harness: float | None, turns: int) -> Row:
    bar = _bar(case, figure, browser or 0.0, turns)
    return Row(figure, browser, harness, bar, _within(browser, harness, bar))


def _judged(case: Case, row: Row, agreeing: frozenset[str]) -> Row:
    """Look for an explanation of a row beyond its bar."""
    why = "" if row.difference is None else reason(case, row.figure.name, row.difference, agreeing)
    return replace(row, verdict=Verdict.EXPLAINED, why=why) if why else row


def _bar(case: Case, figure: Figure, browser: float, turns: int) -> float:
    least = {Unit.COUNT: turns, Unit.BYTES: 0.0, Unit.SOUND: turns * case.every_s}.get(figure.unit, ABSOLUTE_S)
    bar = max(RELATIVE * abs(browser), least)
    if figure.name == "wait_s" and case.queue:
        return bar + 2 * case.step_s  # it begins with a tick of one's own and ends with another's turn
    return bar + case.step_s if figure.name in _TO_A_STEP else bar


def _within(reference: float | None, value: float | None, bar: float) -> Verdict:
    if reference is None or value is None:
        return Verdict.WITHIN if reference is value else Verdict.BEYOND
    return Verdict.WITHIN if abs(value - reference) <= bar else Verdict.BEYOND
