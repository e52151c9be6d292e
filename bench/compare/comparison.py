"""The verdict: from pairs of blocks to rows, one for each endpoint and figure, and what they come to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite
from statistics import NormalDist

import numpy as np

from bench.compare.blocks import Block
from bench.compare.counts import Count, compare_counts
from bench.compare.figures import DECISIVE, FIGURES, Figure, value
from bench.compare.interval import Floats, Interval, plan_looks, signed_rank_interval

PASS, FAIL, UNDECIDED = "pass", "fail", "inconclusive"

ALPHA = 0.01
"""How often a comparison may fail that should not, at most: all endpoints, figures and looks together."""
EFFECT = 0.02
"""The least slow-down worth failing for, unless told otherwise: what a shared CI machine can tell from none."""
DECISIVE_SHARE = 0.5  # of ALPHA, for the figures that decide; the rest is for those that can only fail
UNHEALTHY_SHARE = 0.2
"""With more than this share of pairs in which the generator could not keep up, nothing is decided."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A block of each side, one right after the other."""

    base: Block
    head: Block

    @property
    def healthy(self) -> bool:
        """Whether the generator kept up in both."""
        return self.base.summary.generator.healthy and self.head.summary.generator.healthy


@dataclass(frozen=True, slots=True)
class Plan:
    """What is allowed, and for how long to look: `effect` is the least slow-down worth failing for, 0.03 for 3 %."""

    effect: float = EFFECT
    most_pairs: int = 40
    endpoints: int = 1

    def alpha(self, figure: Figure) -> float:
        """Give the error that one figure of one endpoint may make over all looks, on either side."""
        others = len(FIGURES) - 1
        share = DECISIVE_SHARE if figure.decisive else (1 - DECISIVE_SHARE) / others
        return ALPHA * share / self.endpoints

    @property
    def looks(self) -> list[int]:
        """After how many pairs to look; empty where so few pairs can decide nothing."""
        return plan_looks(self.alpha(DECISIVE), self.most_pairs)

    def alpha_of_a_look(self, figure: Figure) -> float:
        """Give the share of it that one look may spend."""
        return self.alpha(figure) / max(len(self.looks), 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one endpoint: medians over the blocks (seconds, or a share), and how far apart they are.

    `change` is relative for times (0.05 is 5 % slower) and a difference of shares otherwise; None without pairs that
    have the figure. `limit` is what it may be at most.
    """

    api_name: str
    figure: str
    label: str
    ratio: bool
    decisive: bool
    base: float | None
    head: float | None
    change: Interval | None
    limit: float
    pairs: int
    status: str


@dataclass(frozen=True, slots=True)
class Noise:
    """BASE compared with itself: `change` as measured, and `floor`, the least that the most pairs tell from none."""

    change: Interval
    floor: float
    pairs: int

    @property
    def off(self) -> float:
        """How far BASE was from itself: what no number of pairs mends."""
        return abs(self.change.middle)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found: `status` is pass, fail or inconclusive, and `reasons` say why in sentences."""

    status: str
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    noise: Noise | None
    plan: Plan
    pairs: int
    dropped: int
    decided: bool  # whether more pairs would change nothing


def judge(pairs: Sequence[Pair], plan: Plan, noise: Noise | None) -> Comparison:
    """Look at the pairs so far, and say whether that decides it.

    A pair in which the generator could not keep up is left out, and too many of them leave everything undecided but
    errors that only HEAD has.
    """
    sound = [pair for pair in pairs if pair.healthy]
    rows = tuple(row for name in _names(pairs) for figure in FIGURES if (row := _row(sound, name, figure, plan, noise)))
    counts = tuple(compare_counts([pair.base for pair in pairs], [pair.head for pair in pairs]))
    status, reasons = _spoilt(len(pairs) - len(sound), len(pairs)) or _conclude(rows, plan, noise)
    if wrong := tuple(count.sentence for count in counts if count.fails):
        status, reasons = FAIL, wrong
    settled = status == FAIL or (status == PASS and len(sound) >= min(plan.looks, default=inf))
    return Comparison(status, reasons, rows, counts, noise, plan, len(sound), len(pairs) - len(sound), settled)


def measure_noise(pairs: Sequence[Pair], plan: Plan) -> Noise | None:
    """Compare BASE with itself, in the figure that decides, on the endpoint where they differ most.

    `floor` is half the interval that the scatter of these pairs leads to after the most pairs: for symmetric scatter
    Hodges and Lehmann's estimate has a standard error of about s / sqrt(0.955 n). s is the median absolute deviation ×
    1.4826, the robust twin of a standard deviation.
    """
    found = []
    for name in _names(pairs):
        apart = _apart(pairs, name, DECISIVE)
        if apart.size:
            spread = 1.4826 * float(np.median(np.abs(apart - np.median(apart))))
            z = NormalDist().inv_cdf(1 - plan.alpha_of_a_look(DECISIVE))
            floor = exp(z * spread / (0.955 * plan.most_pairs) ** 0.5) - 1
            found.append(Noise(_relative(signed_rank_interval(apart, 0.05), DECISIVE), floor, apart.size))
    return max(found, key=lambda one: max(one.floor, one.off), default=None)


def _row(pairs: Sequence[Pair], name: str, figure: Figure, plan: Plan, noise: Noise | None) -> Row | None:
    base = _values([pair.base for pair in pairs], name, figure)
    head = _values([pair.head for pair in pairs], name, figure)
    if not base.size and not head.size:
        return None
    apart = _apart(pairs, name, figure)
    change = _relative(signed_rank_interval(apart, plan.alpha_of_a_look(figure)), figure) if apart.size else None
    limit = plan.effect if figure.ratio else 0.0
    return Row(
        api_name=name,
        figure=figure.name,
        label=figure.label,
        ratio=figure.ratio,
        decisive=figure.decisive,
        base=float(np.median(base)) if base.size else None,
        head=float(np.median(head)) if head.size else None,
        change=change,
        limit=limit,
        pairs=apart.size,
        status=_status(change, limit, noise if figure.ratio else None),
    )


def _status(change: Interval | None, limit: float, noise: Noise | None) -> str:
    """Fail where the whole interval is beyond the limit, and beyond what BASE was off from itself; pass below it."""
    if change is None:
        return UNDECIDED
    off = noise.off if noise else 0.0
    if change.low > max(limit, off):
        return FAIL
    return PASS if change.high <= limit and off <= max(limit, 0.0) else UNDECIDED


def _spoilt(dropped: int, pairs: int) -> tuple[str, tuple[str, ...]] | None:
    """Tell where too many pairs are no use."""
    if dropped <= UNHEALTHY_SHARE * pairs:
        return None
    why = f"The load generator could not keep up in {dropped} of {pairs} pairs of blocks, so nothing is decided."
    return UNDECIDED, (why, "Use fewer viewers, or a machine that has less else to do.")


def _conclude(rows: Sequence[Row], plan: Plan, noise: Noise | None) -> tuple[str, tuple[str, ...]]:
    if slower := tuple(_too_slow(row) for row in rows if row.status == FAIL):
        return FAIL, slower
    decisive = [row for row in rows if row.decisive]
    if decisive and all(row.status == PASS for row in decisive):
        return PASS, tuple(_fine(row) for row in decisive)
    return UNDECIDED, _why_open(decisive, plan, noise)


def _too_slow(row: Row) -> str:
    assert row.change is not None
    change = row.change
    if not row.ratio:
        return (
            f"{row.api_name}: HEAD loses {100 * change.middle:.1f} more of 100 frames "
            f"({100 * change.low:.1f} to {100 * change.high:.1f}) than BASE."
        )
    return (
        f"{row.api_name}: {row.label} is {100 * change.middle:.1f} % higher in HEAD ({span(change)}), more than the "
        f"{100 * row.limit:g} % allowed."
    )


def _fine(row: Row) -> str:
    assert row.change is not None
    return (
        f"{row.api_name}: {row.label} changed by {100 * row.change.middle:+.1f} % ({span(row.change)}), within the "
        f"{100 * row.limit:g} % allowed."
    )


def _why_open(decisive: Sequence[Row], plan: Plan, noise: Noise | None) -> tuple[str, ...]:
    if not decisive:
        return ("Nothing was measured that could be compared: no block had a latency.",)
    reasons = []
    for row in decisive:
        if row.status == UNDECIDED:
            known = f"{span(row.change)} after {row.pairs} pairs" if row.change else "no pair has it"
            reasons.append(f"{row.api_name}: {row.label} is not known well enough: {known}.")
    if noise and max(noise.floor, noise.off) > plan.effect:
        reasons.append(
            f"This machine is too noisy for {100 * plan.effect:g} %: BASE differed from itself by "
            f"{100 * noise.change.middle:+.1f} %, and {plan.most_pairs} pairs could tell {100 * noise.floor:.1f} %. "
            "Leave it alone meanwhile, allow more with --min-effect, or add --max-blocks."
        )
    return tuple(reasons)


def span(change: Interval) -> str:
    """An interval of relative change, in per cent."""
    if not isfinite(change.low):
        return "too few pairs for an interval"
    return f"{100 * change.low:.1f} to {100 * change.high:.1f} %"


def _names(pairs: Sequence[Pair]) -> list[str]:
    """Name the endpoints, which are the same in all blocks."""
    return [one.api_name for one in pairs[0].base.summary.endpoints] if pairs else []


def _values(blocks: Sequence[Block], name: str, figure: Figure) -> Floats:
    values = np.array([value(figure, block, name) for block in blocks])
    return values[~np.isnan(values)] if values.size else values


def _apart(pairs: Sequence[Pair], name: str, figure: Figure) -> Floats:
    apart = [figure.apart(value(figure, pair.base, name), value(figure, pair.head, name)) for pair in pairs]
    found = np.array(apart, np.float64)
    return found[~np.isnan(found)]


def _relative(change: Interval, figure: Figure) -> Interval:
    """Bring a difference of logarithms back to a relative change."""
    if not figure.ratio:
        return change
    low, middle, high = (exp(end) - 1 if isfinite(end) else end for end in (change.low, change.middle, change.high))
    return Interval(low, middle, high)
