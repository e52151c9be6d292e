"""The self-check finds nothing wrong with the harness, and each error planted in it."""

from pathlib import Path

import pytest

from bench import run
from bench.truth.plan import FATES
from bench.truth.script import Script
from bench.truth.selfcheck import Plan, Report, selfcheck

PLANTS = Path(__file__).parent / "plants"


def _checked(monkeypatch: pytest.MonkeyPatch, plant: str, plan: Plan) -> Report:
    """Run the self-check with viewers that have an error planted in them."""
    monkeypatch.setattr(run, "_SCENARIO", PLANTS / f"{plant}.py")
    return selfcheck(plan)


def _only(*names: str) -> tuple[Script, ...]:
    return tuple(script for script in FATES if script.name in names)


@pytest.mark.slow
def test_every_fate_is_counted_exactly(tmp_path: Path) -> None:
    """In each script the counts of fates, streams and results are the server's own; the ledger is kept where asked."""
    report = selfcheck(Plan(fates_s=3, rungs=()), out=tmp_path / "kept")
    noise = {account.name for account in report.accounts if account.noise}
    assert {account.name: account.differences for account in report.accounts if not account.noise} == {
        one.name: [] for one in FATES if one.name not in noise
    }
    assert report.status == ("inconclusive" if noise else "pass")
    true = {account.name: account.true for account in report.accounts}
    assert true["rotation"]["skipped"]
    assert true["late POSTs"]["rejected"]
    assert true["late unsaid"]["cut_off"]
    assert true["errors"]["failed"]
    assert true["unreadable"]["unattributed"]
    assert true["duplicates"]["duplicated"]
    assert true["cross-talk"]["cross_talk"]
    assert (tmp_path / "kept" / "fates" / "ledger").is_dir()


@pytest.mark.slow
def test_marks_that_are_read_late_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading falls behind by many seconds it goes on after the run, and no frame's fate is lost."""
    report = _checked(monkeypatch, "slow_marks", Plan(scripts=_only("constant"), fates_s=1.05, rungs=()))
    (account,) = report.accounts
    assert account.told["delivered"] == account.true["delivered"] > 20
    assert account.told["unattributed"] == 0


@pytest.mark.slow
def test_a_latency_shifted_by_5_ms_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures said to be shown 5 ms late fail the bar on latency, and the figure in results.json with it."""
    report = _checked(monkeypatch, "late", Plan(scripts=_only("constant"), fates_s=1, rung_s=2, rungs=(4,)))
    assert report.status == "fail" or report.rungs[0].control.swamped
    assert any("median error of latency" in reason for reason in report.reasons)
    assert any("p50 of latency_s" in reason for reason in report.reasons)
    assert report.frames_per_s is None


@pytest.mark.slow
def test_a_swapped_fate_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """One frame of a whole run with the wrong fate fails, and both its fates are named."""
    report = _checked(monkeypatch, "swapped", Plan(scripts=_only("slow"), fates_s=2, rungs=()))
    assert report.status == "fail"
    told = " ".join(report.reasons)
    assert "fates, slow: overwritten" in told
    assert "cut off: 1 told, 0 true" in told
    assert "1 frames certainly cut_off, in truth overwritten" in told


@pytest.mark.slow
def test_a_viewer_that_sends_while_waiting_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames that reach the server before their stream is open fail, and are named so."""
    report = _checked(monkeypatch, "eager", Plan(scripts=_only("rotation"), fates_s=2, rungs=()))
    assert report.status == "fail"
    assert any("sent while waiting" in reason for reason in report.reasons)
