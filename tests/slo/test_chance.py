"""Binomial tails and Student's quantile, against exact fractions and published tables."""

from fractions import Fraction
from math import comb, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.slo.chance import at_least, at_most, student


@given(n=st.integers(1, 300), share=st.fractions(Fraction(1, 200), Fraction(199, 200)), data=st.data())
def test_tails_are_the_exact_ones(n: int, share: Fraction, data: st.DataObject) -> None:
    """Both tails equal the sums of exact fractions, to twelve digits."""
    k = data.draw(st.integers(0, n))
    exact = sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1))
    assert at_most(k, n, float(share)) == pytest.approx(float(exact), rel=1e-9, abs=1e-12)
    assert at_least(k + 1, n, float(share)) == pytest.approx(float(1 - exact), rel=1e-9, abs=1e-12)


def test_many_frames_are_no_trouble() -> None:
    """Ten million frames at the very limit are a coin's toss, and surely apart from it a thousandth away."""
    n = 10_000_000
    assert at_most(0.05 * n, n, 0.05) == pytest.approx(0.5, abs=0.001)
    assert at_most(0.049 * n, n, 0.05) < 1e-40


@pytest.mark.parametrize(
    ("confidence", "freedom", "value"), [(0.99, 19, 2.539), (0.99, inf, 2.326), (0.975, 9, 2.262), (0.95, 1, 6.314)]
)
def test_students_quantile_is_the_tables(confidence: float, freedom: float, value: float) -> None:
    """The values of any printed table of t."""
    assert student(confidence, freedom) == pytest.approx(value, abs=0.001)
