"""JUnit XML says what a CI system should show: failures of the app, and errors where nothing can be said."""

from pathlib import Path
from xml.etree import ElementTree as Xml

from bench.metrics import Summary, summarise
from bench.report.junit import write_junit
from bench.slo import judge, parse_slo
from tests.ledgers import LedgerBuilder, Turns, steady
from tests.report.hostile import FORMULA, MARKUP, hostile_run


def _root(summary: Summary, folder: Path) -> Xml.Element:
    return Xml.parse(write_junit(summary, folder / "junit.xml")).getroot()


def _results(root: Xml.Element) -> dict[str, str]:
    """Give each case's result by its name: passed, or the tag that says otherwise."""
    return {str(case.get("name")): case[0].tag if len(case) else "passed" for case in root.iter("testcase")}


def test_a_sound_run_passes(tmp_path: Path) -> None:
    """Every case passes, and the suite's counts say so."""
    root = _root(summarise(steady(tmp_path / "ledger").ledger()), tmp_path)
    assert set(_results(root).values()) == {"passed"}
    for suite in root:
        assert int(str(suite.get("tests"))) == len(suite.findall("testcase"))
        assert (suite.get("failures"), suite.get("errors")) == ("0", "0")


def test_errors_of_the_app_are_failures_and_their_words_cannot_break_out(tmp_path: Path) -> None:
    """The handler's message is in the failure, letter by letter, whatever markup it holds."""
    root = _root(summarise(hostile_run(tmp_path / "ledger")), tmp_path)
    suite = next(suite for suite in root if suite.get("name") == FORMULA)
    failed = [case for case in suite.findall("testcase") if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["the app answered without errors"]
    assert MARKUP in str(failed[0][0].text)
    assert suite.get("failures") == "1"


def test_a_generator_that_did_not_keep_up_is_an_error(tmp_path: Path) -> None:
    """The app is not blamed: the case is an error, not a failure."""
    builder = LedgerBuilder(tmp_path / "ledger")
    builder.note("started", 0.0)
    builder.viewer(1, 0.0)
    builder.frame(1, 0, 0.0)
    assert _results(_root(summarise(builder.ledger()), tmp_path))["the generator kept up"] == "error"


def test_viewers_without_a_result_are_a_failure(tmp_path: Path) -> None:
    """Somebody who never saw a picture is a failure, though no error was met."""
    ledger = Turns(viewers=6, seconds=7.0).write(tmp_path / "ledger").ledger()
    assert _results(_root(summarise(ledger), tmp_path))["every viewer got a result"] == "failure"


def test_checks_of_a_gate_are_cases(tmp_path: Path) -> None:
    """Each check of the verdict is a case of its own, with the check's reason where it did not pass."""
    run = steady(tmp_path / "ledger").ledger()
    asked = 'latency_p50 = "< 1 ms"\nlatency_p95 = "< 1 s"\nqueue_wait_p95 = "< 1 s"\nsound_lost = "< 1 s"\nerrors = 0'
    summary = judge(summarise(run), parse_slo(asked), run)
    root = _root(summary, tmp_path)
    found = _results(root)
    results = {"pass": "passed", "fail": "failure", "inconclusive": "error", "none": "skipped"}
    assert {check.status for check in summary.verdict.checks} >= {"pass", "fail", "inconclusive"}
    assert [found[check.name] for check in summary.verdict.checks] == [
        results[check.status] for check in summary.verdict.checks
    ]
    assert next(root.iter("failure")).text == summary.verdict.checks[0].reason
