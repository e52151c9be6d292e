"""The command: what it prints and how it ends."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.calibration import recall
from bench.cli import app, main
from bench.metrics import summarise
from bench.run import EndedEarlyError
from bench.truth import selfcheck as room
from bench.truth.bars import Control, Spread, Status, timing_bars
from bench.truth.garble import Readings
from bench.truth.measure import Measured, Watch
from bench.truth.selfcheck import LEAST_MARKS, Counted, Plan, Report, sum_up
from bench.truth.side import Account
from tests.ledgers import steady

FATES = ("delivered", "skipped", "rejected", "overwritten", "cut_off", "failed", "in_flight", "unattributed")
COUNTS = dict.fromkeys((*FATES, "results"), 3)
"""A script that gave each fate three times."""


def _account(**told: int) -> Account:
    return Account("constant", COUNTS, COUNTS | told)


def _rung(bias_s: float, cores: float = 0.2) -> Measured:
    spread = Spread(100, bias_s, bias_s, bias_s, bias_s, bias_s)
    bars = timing_bars("8 viewers", {"latency": spread}, Control())
    return Measured(8, 80.0, cores, 0.1, spread, None, spread, None, None, Control(), bars)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's cache of its own: what a test finds is nobody's error bars."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "gradio-bench" / "selfcheck.json"


def _run(monkeypatch: pytest.MonkeyPatch, found: Report, *arguments: str) -> tuple[Result, Plan]:
    plans: list[Plan] = []

    def check(plan: Plan, *, out: Path | None, watch: Watch) -> Report:
        plans.append(plan)
        watch("Fates: 1 of 2 s")
        return found

    monkeypatch.setattr(room, "selfcheck", check)
    return CliRunner().invoke(app, ["selfcheck", *arguments]), plans[0]


@pytest.mark.parametrize(("status", "code"), [("pass", 0), ("fail", 1), ("inconclusive", 3)])
def test_the_verdict_is_the_exit_code(monkeypatch: pytest.MonkeyPatch, status: Status, code: int) -> None:
    """0 where the numbers hold, 1 where they do not, 3 where it cannot be told."""
    done, _ = _run(monkeypatch, replace(sum_up(Counted([_account()]), [_rung(0.0001)], None), status=status))
    assert done.exit_code == code


def test_what_differs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong count and a missed bar are told in words, with the script, the value and the limit."""
    done, _ = _run(monkeypatch, sum_up(Counted([_account(cut_off=4)]), [_rung(0.005)], None))
    assert done.exit_code == 1
    assert "fates, constant: cut off: 4 told, 3 true" in done.stdout
    assert "8 viewers: bias of latency: 5.00 ms, at most 0.30 ms is sound" in done.stdout


def test_the_options_choose_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """--quick looks for a shorter time, --long reads ten million garbled marks."""
    report = sum_up(Counted([_account()]), [_rung(0.0)], Readings(1, 2, 0))
    _, full = _run(monkeypatch, report)
    _, quick = _run(monkeypatch, report, "--quick")
    done, long = _run(monkeypatch, report, "--long")
    assert (quick.fates_s < full.fates_s, len(quick.rungs) < len(full.rungs)) == (True, True)
    assert (full.marks, long.marks) == (0, LEAST_MARKS)
    assert "0 misread" in done.stdout


def test_json_holds_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """--json prints one JSON document with the verdict, the accounts and the rungs, and nothing else."""
    done, _ = _run(monkeypatch, sum_up(Counted([_account(failed=0)]), [_rung(0.0)], None), "--json")
    content = json.loads(done.stdout)
    assert (content["schema"], content["status"]) == ("gradio-bench-selfcheck/1", "fail")
    assert content["accounts"][0]["differences"] == ["failed: 0 told, 3 true"]
    assert content["rungs"][0]["latency"]["mean_s"] == 0.0


def test_ctrl_c_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Interrupted during a run or between two, the command ends with 130 and a sentence."""
    summary = summarise(steady(tmp_path).ledger())
    for ended in (EndedEarlyError("Interrupted.", 130, summary), KeyboardInterrupt()):

        def check(*_: object, error: BaseException = ended, **__: object) -> Report:
            raise error

        monkeypatch.setattr(room, "selfcheck", check)
        monkeypatch.setattr("sys.argv", ["gradio-bench", "selfcheck"])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 130
        assert "Interrupted" in capsys.readouterr().err


def test_what_is_above_half_a_core_is_only_told() -> None:
    """Bars bind up to half of a core; the highest rate ends where one was missed."""
    report = sum_up(Counted([_account()]), [_rung(0.0), replace(_rung(0.005, cores=0.7), frames_per_s=900.0)], None)
    assert (report.status, report.frames_per_s) == ("pass", 80.0)


def test_a_misread_mark_fails() -> None:
    """One misread mark among millions is a fail; refused ones are fine."""
    assert sum_up(Counted([_account()]), [_rung(0.0)], Readings(5, 5, 1)).status == "fail"
    assert sum_up(Counted([_account()]), [_rung(0.0)], Readings(5, 5, 0)).status == "pass"


def test_sound_errors_are_kept_for_later_runs(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """The worst errors of the rates that held; a wrong self-check leaves none, and a quick one no lower rate."""
    _run(monkeypatch, sum_up(Counted([_account(cut_off=4)]), [_rung(0.0001)], None))
    assert not cache.exists()
    higher = replace(_rung(0.0002), frames_per_s=240.0)
    waits = {"rotation": Spread(3, 0.0, 0.0, 0.0, 0.0017, 0.0017)}
    done, _ = _run(monkeypatch, sum_up(Counted([_account()], waits), [_rung(0.0001), higher], None))
    assert "rotation" not in done.stdout  # no account of that name
    assert str(cache) in done.stdout.replace("\n", "")
    bars = recall()
    assert bars is not None
    assert (bars["latency_bias_s"], bars["queue_wait_error_s"], bars["frames_per_s"]) == (0.0002, 0.0017, 240.0)
    _run(monkeypatch, sum_up(Counted([_account()]), [_rung(0.0001)], None), "--quick")
    assert recall() == bars


def test_errors_of_queue_waits_have_a_row_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every script tells how many waits it had, and how far they were off."""
    waits = {"constant": Spread(17, 0.0, 0.0, 0.0004, 0.0023, 0.0023)}
    done, _ = _run(monkeypatch, sum_up(Counted([_account()], waits), [_rung(0.0)], None))
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("constant")]
    assert row.split() == ["constant", "24", "0", "3", "17", "0.40", "2.30", "exact"]
