"""The bars: what passes, what fails, and what only a quiet machine could tell."""

import numpy as np

from bench.truth.bars import BIAS_S, Control, Spread, judge, timing_bars, verdict

CALM = Spread.of(np.full(100, 0.0001))
ROUGH = Spread.of(np.array([0.0001] * 90 + [0.006] * 10))
QUIET = Control(idle=CALM, server=CALM)
NOISY = Control(idle=CALM, server=ROUGH)


def test_a_spread_sees_both_directions() -> None:
    """Errors to either side cancel in the bias and not in their size."""
    spread = Spread.of(np.array([-0.002, 0.002]))
    assert spread is not None
    assert (spread.mean_s, spread.p50_s, spread.max_s) == (0.0, 0.002, 0.002)
    assert Spread.of(np.empty(0)) is None


def test_what_a_quiet_machine_shows_is_believed() -> None:
    """Up to the limit passes, anything above fails."""
    assert judge("x", BIAS_S, BIAS_S, QUIET, "mean").status == "pass"
    assert judge("x", BIAS_S * 1.01, BIAS_S, QUIET, "mean").status == "fail"
    assert not QUIET.noisy


def test_a_noisy_machine_excuses_what_it_explains_and_no_more() -> None:
    """An error of the size of the machine's own lateness is inconclusive, a much larger one fails all the same."""
    assert NOISY.noisy
    assert Control(idle=ROUGH).noisy
    assert judge("x", 0.001, BIAS_S, NOISY, "mean").status == "inconclusive"
    assert judge("x", 0.005, BIAS_S, NOISY, "mean").status == "fail"
    assert judge("x", 0.0001, BIAS_S, NOISY, "mean").status == "pass"


def test_no_noise_excuses_a_shifted_middle() -> None:
    """Stalls are rare instants: where every value is off, the machine is not to blame."""
    assert judge("x", 0.005, BIAS_S, NOISY, "median").status == "fail"


def test_a_swamped_machine_tells_nothing() -> None:
    """Where other work takes the processors for whole slices, no error is held against the harness, and none passes."""
    swamped = Control(idle=Spread.of(np.full(100, 0.02)))
    assert swamped.swamped
    assert not NOISY.swamped
    assert judge("x", 1.0, BIAS_S, swamped, "median").status == "inconclusive"


def test_nothing_measured_is_no_pass() -> None:
    """A run without a single picture shown leaves the question open."""
    (bar,) = timing_bars("here", {"latency": None}, QUIET)
    assert bar.status == "inconclusive"
    assert verdict([]) == "inconclusive"


def test_one_failure_decides() -> None:
    """A fail outweighs what could not be judged, and that outweighs what passed."""
    good, open_, bad = (judge("x", value, BIAS_S, NOISY, "mean") for value in (0.0, 0.001, 1.0))
    assert verdict([good, open_, bad]) == "fail"
    assert verdict([good, open_]) == "inconclusive"
    assert verdict([good]) == "pass"
