"""What pairs of blocks come to."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from bench.compare import views
from bench.compare.comparison import FAIL, PASS, UNDECIDED, Pair, Plan, judge, measure_noise
from tests.compare.blocks import block, pairs

PLAN = Plan(effect=0.02, most_pairs=20)


def ratios(factor: float, spread: float, count: int = 20) -> list[float]:
    """Ratios about `factor`, scattered by `spread`."""
    return list(factor * np.exp(np.random.default_rng(7).normal(0, spread, count)))


@pytest.mark.parametrize(
    ("factor", "spread", "status"),
    [(1.07, 0.01, FAIL), (1.0, 0.01, PASS), (0.9, 0.01, PASS), (1.02, 0.01, UNDECIDED), (1.07, 0.3, UNDECIDED)],
)
def test_the_whole_interval_must_clear_the_limit(factor: float, spread: float, status: str) -> None:
    """Slower than allowed fails, not slower passes, and what lies about the limit, or is all noise, is inconclusive."""
    found = judge(pairs(ratios(factor, spread)), PLAN, None)
    assert found.status == status
    row = next(row for row in found.rows if row.decisive)
    assert row.change is not None
    assert row.change.low <= factor - 1 <= row.change.high


def test_a_clear_case_is_decided_before_the_most_pairs() -> None:
    """A large slow-down is decided at the first look, and a pass at the first look whose interval is tight enough."""
    first = PLAN.looks[0]
    assert first < PLAN.most_pairs
    assert judge(pairs(ratios(1.3, 0.01, first)), PLAN, None).decided
    assert judge(pairs(ratios(1.0, 0.005, first)), PLAN, None).decided
    assert not judge(pairs(ratios(1.02, 0.01, first)), PLAN, None).decided


def test_noise_beyond_the_limit_raises_it() -> None:
    """Where BASE differs from itself by 5 %, 4 % more is no failure, and nothing passes."""
    noise = measure_noise(pairs([1.05] * 6), PLAN)
    assert noise is not None
    assert noise.off == pytest.approx(0.05)
    assert judge(pairs([1.04] * 20), PLAN, noise).status == UNDECIDED
    assert judge(pairs([1.0] * 20), PLAN, noise).status == UNDECIDED
    assert judge(pairs([1.1] * 20), PLAN, noise).status == FAIL


def test_the_floor_follows_the_scatter() -> None:
    """Ten times the scatter makes about ten times the floor; no scatter, none."""
    quiet, loud = (measure_noise(pairs(ratios(1.0, spread, 12)), PLAN) for spread in (0.005, 0.05))
    still = measure_noise(pairs([1.0] * 6), PLAN)
    assert quiet is not None
    assert loud is not None
    assert still is not None
    assert 8 < loud.floor / quiet.floor < 13
    assert still.floor == 0


def test_a_generator_that_could_not_keep_up_vetoes_times_but_not_errors() -> None:
    """Beyond a fifth of the pairs nothing is decided; a few are left out; an error of HEAD alone always fails."""
    late = Pair(block(), block(0.12, healthy=False))
    few = judge([*pairs([1.3] * 18), late, late], PLAN, None)
    assert (few.status, few.pairs, few.dropped) == (FAIL, 18, 2)
    assert judge([*pairs([1.3] * 14), *[late] * 6], PLAN, None).status == UNDECIDED
    broken = Pair(block(), block(healthy=False, error="ValueError"))
    assert judge([broken] * 4, PLAN, None).status == FAIL


def test_errors_and_cross_talk_fail_where_only_head_has_them() -> None:
    """One is enough, and it is named; what BASE has too is shown and fails nothing."""
    same = pairs([1.0] * 19)
    for head, words in ((block(error="ValueError: boom"), "boom"), (block(cross_talk=1), "another viewer")):
        found = judge([*same, Pair(block(), head)], PLAN, None)
        assert found.status == FAIL
        assert words in found.reasons[0]
    both = judge([*same, Pair(block(error="ValueError"), block(error="ValueError"))], PLAN, None)
    assert both.status == PASS
    assert [(count.base, count.head) for count in both.counts] == [(1, 1)]


def test_more_lost_frames_fail_though_the_others_are_as_fast() -> None:
    """Every pair in which HEAD loses two more of twenty frames adds up; the same losses on both sides do not."""
    worse = judge([Pair(block(), block(lost=2 + number % 2)) for number in range(20)], PLAN, None)
    assert worse.status == FAIL
    assert "loses" in worse.reasons[0]
    assert (
        judge([Pair(block(lost=number % 3), block(lost=2 - number % 3)) for number in range(21)], PLAN, None).status
        == PASS
    )


def test_nothing_comparable_is_inconclusive() -> None:
    """No pairs, or none with a latency, are told as such."""
    mute = [Pair(block(None), block(None))] * 20
    for found in (judge([], PLAN, None), judge(mute, PLAN, None)):
        assert (found.status, found.decided) == (UNDECIDED, False)
        assert "no block had a latency" in found.reasons[0]


def test_it_is_told_on_a_terminal_as_json_and_as_markdown() -> None:
    """The table fits 80 columns, JSON has no infinity, and a pipe in a name breaks no table."""
    found = judge(pairs(ratios(1.07, 0.01)), PLAN, measure_noise(pairs([1.0] * 6), PLAN))
    text = io.StringIO()
    views.render(found, Console(file=text, width=80), base="a.py", head="b.py")
    assert "FAIL" in text.getvalue()
    assert "more than the 2 % allowed" in text.getvalue()
    assert "…" not in text.getvalue()
    few = judge(pairs([1.0] * 3), PLAN, None)
    told = json.loads(json.dumps(views.as_json(few, base="a", head="b"), allow_nan=False))
    assert told["rows"][0]["change"]["low"] is None
    rows = [line for line in views.as_markdown(found, base="a|b", head="c").splitlines() if line.startswith("| ")]
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1


def test_what_the_app_says_steers_neither_a_terminal_nor_a_page() -> None:
    """Control codes are left out, and markup, mentions and links of an error stay text; so do names of files."""
    said = Pair(block(), block(error="\x1b[2Jask @someone: <img src=x> at https://example.org"))
    found = judge([said] * 2, PLAN, None)
    text = io.StringIO()
    views.render(found, Console(file=text, width=80), base="old[bold].py", head="b.py")
    assert "\x1b" not in text.getvalue()
    assert "old[bold].py" in text.getvalue()
    page = views.as_markdown(found, base="a`b.py", head="c<d>.py")
    assert "`` a`b.py ``, HEAD `c<d>.py`" in page
    assert not [sign for sign in ("<img", "@someone", "https://") if sign in page.replace("\\<", "")]
