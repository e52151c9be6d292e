"""The study's verdict and its words, from rows made by hand."""

import json
from dataclasses import replace

import pytest

from bench.fidelity import views
from bench.fidelity.beside import Pair, Side
from bench.fidelity.case import CONTROL, FULL, QUICK, Case
from bench.fidelity.comparison import Row, Verdict
from bench.fidelity.figures import FIGURES, Figure, Told, Unit
from bench.fidelity.study import FAIL, NOISY, PASS, Played, Study
from bench.fidelity.traffic import Traffic

LATENCY = next(figure for figure in FIGURES if figure.name == "raw_p50_s")
POSTS = Figure("wire_posts", "POSTs told, on the wire", Unit.COUNT)
FINE = Row(LATENCY, 0.050, 0.048, 0.010, Verdict.WITHIN)
SLOW = Row(LATENCY, 0.050, 0.070, 0.010, Verdict.BEYOND)
EXPLAINED = Row(LATENCY, 0.070, 0.050, 0.010, Verdict.EXPLAINED, "A browser is later by its own work.")
EQUAL = Row(POSTS, 40, 40, 0, Verdict.WITHIN)
LOADS = ((False, False), (True, False), (False, True))
"""Slow handler, queue."""
MISCOUNTED = Row(POSTS, 40, 39, 0, Verdict.BEYOND)


def study(compared: Row, confirmed: Row = EQUAL, control: Row = FINE) -> Study:
    """Make a study of one case."""
    told = Told({}, 1, 40, 0, 0, frozenset(), frozenset(), {})
    side = Side(told, Traffic(40, 0, frozenset(), 0, (), 6, {}))
    return Study([Played(CONTROL, Pair(side, side), [compared], [confirmed])], [control], "Chromium 156", "2 cores")


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (study(FINE), PASS),
        (study(EXPLAINED), PASS),
        (study(SLOW), FAIL),
        (study(SLOW, control=SLOW), NOISY),
        (study(FINE, control=SLOW), NOISY),
        (study(FINE, MISCOUNTED), FAIL),
        (study(FINE, MISCOUNTED, control=SLOW), FAIL),
    ],
    ids=["within", "explained", "beyond", "beyond on a noisy machine", "noisy", "miscounted", "miscounted and noisy"],
)
def test_the_exit_code_says_what_the_rows_come_to(found: Study, code: int) -> None:
    """Noise excuses times, in either direction; it excuses no wrong count."""
    assert found.exit_code == code


def test_words_tell_what_is_beyond_and_why_the_rest_is_not() -> None:
    """A row beyond its bar is named with both values and the bar, an explained one with its reason."""
    assert any(
        line.startswith("✗ simple, fast: latency") and "50 / 70" in line for line in views.conclusions(study(SLOW))
    )
    assert f"† {EXPLAINED.why}" in views.conclusions(study(EXPLAINED))
    assert any("noisy" in line for line in views.conclusions(study(FINE, control=SLOW)))


def test_markdown_has_a_table_for_each_page_and_marks_its_cells() -> None:
    """Cells beyond their bars and explained ones are marked; counts are whole."""
    assert "| latency from the POST, p50, ms | 50 / 70 ✗ |" in views.markdown(study(SLOW))
    text = views.markdown(study(EXPLAINED))
    assert "### simple" in text
    assert "| latency from the POST, p50, ms | 70 / 50 † |" in text
    assert "| POSTs told, on the wire | 40 / 40 |" in text


def test_json_holds_every_row() -> None:
    """A machine gets values in seconds with their bars and verdicts."""
    content = json.loads(json.dumps(views.as_json(study(SLOW, control=SLOW))))
    (row,) = content["cases"][0]["browser_and_harness"]
    assert row == {
        "figure": "raw_p50_s",
        "reference": 0.05,
        "harness": 0.07,
        "bar": 0.01,
        "verdict": "beyond",
        "why": None,
    }
    assert content["verdict"] == "inconclusive"


def test_the_cases_cover_what_they_should() -> None:
    """Every page with a fast and a slow handler and with a queue; equal apps stand together, each deployed once."""
    wanted = {(page, slow, queue) for page in ("simple", "filters", "unified", "audio") for slow, queue in LOADS}
    assert wanted <= {(case.page, case.slow, case.queue) for case in FULL}
    apps = [case.app for case in FULL]
    assert [app for at, app in enumerate(apps) if at and app != apps[at - 1] and app in apps[:at]] == []
    assert all(case in FULL or replace(case, seconds=13) in FULL for case in QUICK)
    assert Case("audio", 5).every_s > Case("simple", 5).every_s
