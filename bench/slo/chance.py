"""Chances: the binomial tails and Student's quantile that verdicts rest on; numbers of frames need not be whole."""

from functools import cache
from math import exp, inf, lgamma, log, log1p
from statistics import NormalDist

_EXACT = 1e-14
_TERMS = 100_000


def beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1, a and b above 0.

    By its continued fraction, DLMF 8.17.22 (dlmf.nist.gov/8.17), which converges where x is below the mean; beyond it,
    1 − I_{1−x}(b, a) is the same.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d₁/(1 + d₂/(1 + …)), from the front (Lentz's method)."""
    value, above, below = 1.0, 1.0, 0.0
    for n in range(1, _TERMS):
        m = n // 2
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        term = odd if n % 2 else m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / (1 + term * below)
        above = 1 + term / above
        value *= above * below
        if abs(above * below - 1) < _EXACT:
            break
    return value


def at_most(k: float, n: float, share: float) -> float:
    """P(X ≤ k) where each of n is a hit with chance `share`: I_{1−share}(n − k, k + 1) (DLMF 8.17.5)."""
    return 1.0 if k >= n else beta(1 - share, n - k, k + 1)


def at_least(k: float, n: float, share: float) -> float:
    """P(X ≥ k): I_share(k, n − k + 1)."""
    if k <= 0 or k > n:
        return float(k <= 0)
    return beta(share, k, n - k + 1)


@cache
def student(confidence: float, freedom: float) -> float:
    """Student's t with P(T ≤ t) = `confidence`, which is above one half; `freedom` inf is the normal one."""
    if freedom == inf:
        return NormalDist().inv_cdf(confidence)
    low, high = 0.0, 1e3
    tail = 1 - confidence
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _beyond(middle, freedom) > tail else (low, middle)
    return high


def _beyond(t: float, freedom: float) -> float:
    return beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
