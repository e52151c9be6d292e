"""The tool that holds the law against real runs: what it reads from a ledger, and what it makes of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.metrics import summarise
from tests.ledgers import Turns
from tools.law_check import SETTINGS, Row, Setting, line, predict, read

SETTING = Setting(viewers=6, slots=2, time_limit_s=4.0, stream_every_s=0.2)


@pytest.fixture(name="row")
def _row(tmp_path: Path) -> Row:
    """A run of turns played out, 4.1 s each, as the tool sees it."""
    turns = Turns(granted_s=4.1, seconds=90.0, warmup_s=30.0)
    ledger = turns.write(tmp_path).ledger()
    return predict(SETTING, read(ledger, summarise(ledger), 30.0), 60.0, 30.0)


def test_a_run_that_follows_the_law_holds(row: Row) -> None:
    """Turns handed out first come, first served are predicted within the bar three ways, from rows alone."""
    assert row.measured.turns_s.mean() == pytest.approx(4.1)
    assert row.holds
    assert all(abs(error) < 0.05 for error in row.errors)


def test_a_wait_off_by_a_tenth_is_caught(row: Row) -> None:
    """Waits a tenth longer than the law allows are out of bounds."""
    longer = replace(row, measured=replace(row.measured, waits_s=row.measured.waits_s * 1.1))

    assert not longer.holds


def test_a_row_has_a_cell_for_each_heading(row: Row) -> None:
    """The table is Markdown with as many cells as headings, and shows the wait and its error."""
    cells = line(row).strip("| ").split(" | ")

    assert len(cells) == 10
    assert cells[:2] == ["6", "2, concurrency_limit"]
    assert cells[5].startswith(f"{row.measured.waits_s.mean():.2f} s")
    assert "%" in cells[6]


def test_the_six_settings_differ_and_two_share() -> None:
    """The bar asks for six (viewers, slots, limit), two of them bound by what endpoints share."""
    assert len({(one.viewers, one.slots, one.time_limit_s) for one in SETTINGS}) == 6
    assert sum(one.binds != "concurrency_limit" for one in SETTINGS) == 2
