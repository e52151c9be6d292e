"""How far apart two sides are, from a few pairs of blocks: an exact interval that a disturbed block cannot move much.

Each pair gives one number, as log(HEAD / BASE) of a median. Where the two sides differ by nothing but a factor, these
numbers lie symmetrically about its logarithm, because who goes first alternates (ABBA), whatever their distribution.
Wilcoxon's signed-rank test then holds exactly, and inverted it is an interval: its ends are ordered Walsh averages, the
means of every two numbers (Hodges & Lehmann 1963; Hollander, Wolfe & Chicken, Nonparametric Statistical Methods,
3rd ed., section 3.3). A bootstrap of so few pairs covers too little, and one of Student's t is blown up by one pair
in which the machine did something else.

Looking again and again finds something in the end. So the looks are few and fixed beforehand, and each spends an equal
share of the error that all together may make: by the union bound that holds whatever the pairs have in common with
those of earlier looks (an error-spending rule, Lan & DeMets 1983, with Bonferroni in place of their integration).
"""

from dataclasses import dataclass
from functools import cache
from math import inf, log2

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GROWTH = 1.4  # from one look to the next: more looks would each have less error to spend


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value lies: `low` and `high` (infinite where pairs are too few), `middle` the best guess."""

    low: float
    middle: float
    high: float


def signed_rank_interval(values: Floats, alpha: float) -> Interval:
    """Give the interval each of whose ends is wrong in at most `alpha` of all cases; `values` has shape (n,), n > 0.

    The middle is Hodges and Lehmann's estimate, the median of the Walsh averages.
    """
    first, second = np.triu_indices(values.size)
    averages = np.sort((values[first] + values[second]) / 2)
    cut = _cut(values.size, alpha)
    middle = float(np.median(averages))
    if not cut:
        return Interval(-inf, middle, inf)
    return Interval(float(averages[cut - 1]), middle, float(averages[-cut]))


def least_pairs(alpha: float) -> int:
    """Tell from how many pairs on there is an interval: all values on one side have a chance of 1 in 2 ** pairs."""
    return max(2, int(np.ceil(-log2(alpha) - 1e-9)))


def plan_looks(alpha: float, most: int) -> list[int]:
    """Choose after how many pairs to look, so that each look can spend its share of `alpha`; the last is `most`.

    Pairs come in twos, as ABBA, so that what drifts evenly cancels. Empty where `most` pairs can decide nothing.
    """
    looks = [most]
    for count in range(1, 32):
        least = least_pairs(alpha / count)
        first = least + least % 2
        if first > most:
            break
        looks = [first]
        while looks[-1] < most:
            step = round(looks[-1] * _GROWTH)
            looks.append(min(step + step % 2, most))
        if len(looks) <= count:
            return looks
    return looks if least_pairs(alpha / len(looks)) <= looks[0] else []


@cache
def _cut(pairs: int, alpha: float) -> int:
    """Tell which ordered Walsh average, counted from 1, is the end of a one-sided interval; 0 where none is.

    The signed-rank sum is at most k - 1 with a chance that all subsets of the ranks 1 … n give: counted, not
    approximated.
    """
    ways = np.zeros(pairs * (pairs + 1) // 2 + 1)
    ways[0] = 0.5**pairs
    for rank in range(1, pairs + 1):
        ways[rank:] += ways[: ways.size - rank].copy()
    return int(np.searchsorted(np.cumsum(ways), alpha * (1 + 1e-9), side="right"))
