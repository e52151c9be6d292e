"""Verdicts on ledgers whose truth is known."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.ledger import Fate, Ledger, Outcome
from bench.metrics import Summary, summarise
from bench.metrics.figures import Check, Failure
from bench.report.results import as_json, schema
from bench.slo import EXIT_CODES, judge, parse_slo
from tests.ledgers import NAN, LedgerBuilder, Turns, endpoint, meta, steady

RULE = '[good_viewer]\nfps = ">= 8"\nstaleness = "< 1 s"\nfreeze = "< 1 s"\nwait = "< 5 s"\n'


def verdict(run: Ledger, asked: str, *, stored: bool = False) -> Summary:
    """Judge a run by its rows, or by its distributions alone."""
    return judge(summarise(run), parse_slo(asked), None if stored else run)


def checks(summary: Summary) -> dict[str, Check]:
    """Give each check by its figure."""
    return {check.figure: check for check in summary.verdict.checks}


def statuses(summary: Summary) -> dict[str, str]:
    """Give each status by its figure."""
    return {name: check.status for name, check in checks(summary).items()}


def test_a_steady_run_is_judged(tmp_path: Path) -> None:
    """What is so passes, what is not fails, and what so few frames cannot tell says how many more would."""
    run = steady(tmp_path, viewers=3).ledger()
    asked = """
    latency_p95 = "< 300 ms"
    latency_p50 = "< 40 ms"
    latency_p99 = "< 300 ms"
    latency_mean = "< 60 ms"
    staleness_p95 = "< 300 ms"
    staleness_open_p95 = "< 100 ms"
    delivered = ">= 95 %"
    overwritten = "== 0"
    fps_delivered = ">= 8"
    errors = 0
    """
    judged = verdict(run, asked)
    assert statuses(judged) == {
        "latency_p95": "pass",
        "latency_p50": "fail",
        "latency_p99": "inconclusive",
        "latency_mean": "pass",
        "staleness_p95": "pass",
        "staleness_open_p95": "fail",
        "delivered": "pass",
        "overwritten": "pass",
        "fps_delivered": "pass",
        "errors": "pass",
    }
    p99 = checks(judged)["latency_p99"]
    assert (p99.n, p99.wrong, p99.needed) == (297, 0, 459 - 297)
    assert p99.needed_s == pytest.approx(10 * 162 / 297, rel=0.01)
    assert "162 more frames" in p99.reason
    assert (judged.verdict.status, EXIT_CODES[judged.verdict.status]) == ("fail", 1)


def test_results_alone_suffice_where_counts_are_clear(tmp_path: Path) -> None:
    """Without rows, far from the limit the same verdicts come out; nothing that passes or fails by rows is reversed."""
    run = steady(tmp_path, viewers=3, seconds=40.0).ledger()
    clear = 'latency_p95 = "< 300 ms"\ndelivered = ">= 95 %"\ncross_talk = 0\nlatency_p90 = "< 40 ms"\n'
    clear += 'staleness_p50 = "< 1 s"'
    assert statuses(verdict(run, clear)) == statuses(verdict(run, clear, stored=True))
    near = 'latency_p50 = "< 50 ms"\nlatency_p99 = "< 51 ms"\nlatency_p90 = "> 49 ms"\nlatency_p95 = "> 60 ms"'
    both = zip(statuses(verdict(run, near)).values(), statuses(verdict(run, near, stored=True)).values(), strict=True)
    assert not {("pass", "fail"), ("fail", "pass")} & set(both)


def test_counts_are_strict_and_times_are_not_where_the_generator_is_unwell(tmp_path: Path) -> None:
    """A run that nobody can believe is inconclusive about times, and fails for another viewer's picture."""
    builder = LedgerBuilder(tmp_path, meta(endpoint()))
    builder.note("started", 0.0)  # its end was never recorded
    builder.viewer(1, 0.0, 30.0)
    builder.stream(1, 0, 0.0, 0.01, 30.0, cross_talk=2, results=300)
    for frame in range(300):
        builder.frame(1, frame, frame / 10)
    judged = verdict(builder.ledger(), 'cross_talk = 0\nerrors = 0\nlatency_p95 = "< 1 s"\ndelivered = ">= 1 %"')
    assert not judged.generator.healthy
    assert statuses(judged) == {
        "cross_talk": "fail", "errors": "pass", "latency_p95": "inconclusive", "delivered": "inconclusive"
    }  # fmt: skip
    assert judged.generator.reasons[0] in checks(judged)["latency_p95"].reason


def test_what_the_harness_cannot_resolve_is_left_open(tmp_path: Path) -> None:
    """A median within the harness's own error of the limit is neither met nor missed."""
    run = steady(tmp_path, viewers=3, seconds=30.0).ledger()
    summary = summarise(run)
    bars = replace(summary.generator.error_bars, latency_bias_s=0.02)
    summary = replace(summary, generator=replace(summary.generator, error_bars=bars))
    judged = judge(summary, parse_slo('latency_p50 = ["< 60 ms", "< 80 ms"]'), run)
    assert [check.status for check in judged.verdict.checks] == ["inconclusive", "pass"]
    assert "20 ms" in judged.verdict.checks[0].reason


def test_waits_that_never_end_are_no_short_waits(tmp_path: Path) -> None:
    """Who still waits when the run ends counts as soon as his wait is too long, even where nobody's has ended."""
    builder = LedgerBuilder(tmp_path, meta(endpoint(time_limit_s=None)))
    builder.span(0.0, 20.0)
    for viewer in range(4):
        builder.viewer(viewer, 0.0, 20.0)
        builder.stream(viewer, 0, 0.0, NAN, NAN, outcome=Outcome.UNFINISHED)
        builder.join_frame(viewer, 0, 0.0, stream=0, open_s=NAN)
        for frame in range(1, 200):
            builder.frame(viewer, frame, frame / 10, Fate.SKIPPED)
    judged = verdict(builder.ledger(), 'queue_wait_p95 = "< 5 s"')
    assert statuses(judged) == {"queue_wait_p95": "fail"}
    assert judged.verdict.checks[0].wrong == 4


def test_a_line_for_all_asks_those_that_have_the_figure(tmp_path: Path) -> None:
    """Staleness is not asked of a microphone, unless by its name; a page without viewers is not asked at all."""
    described = [endpoint("seen"), endpoint("heard", kind="microphone", result="text"), endpoint("empty")]
    builder = LedgerBuilder(tmp_path, meta(*described))
    builder.span(0.0, 10.0)
    for number in (0, 1):
        builder.viewer(number, 0.0, 10.0, number)
        for frame in range(100):
            builder.frame(number, frame, frame / 10, endpoint=number, shown=number == 0, sound_s=0.1 * number)
    run = builder.ledger()
    judged = verdict(run, 'staleness_p50 = "< 1 s"\n[endpoint.heard]\nstaleness_p90 = "< 1 s"')
    assert [(check.endpoint, check.status) for check in judged.verdict.checks] == [
        ("seen", "pass"), ("heard", "none"), ("empty", "none"), ("heard", "inconclusive")
    ]  # fmt: skip
    only = verdict(run, 'sound_gaps_longest = "< 1 s"\n[endpoint.empty]\ncross_talk = 0')
    assert {check.status for check in only.verdict.checks} >= {"inconclusive"}
    assert only.verdict.status == "inconclusive"
    with pytest.raises(UsageError, match="Did you mean heard"):
        verdict(run, "[endpoint.herd]\ncross_talk = 0")


def test_viewers_are_well_served_by_the_rule(tmp_path: Path) -> None:
    """All of a steady run are; those who wait longer than the rule allows are not, and the bar of good ones decides."""
    served = verdict(steady(tmp_path / "a", viewers=3).ledger(), f'good_viewers = ">= 99 %"\n{RULE}')
    goodput = served.endpoints[0].goodput
    assert (goodput.viewers, goodput.good_viewers) == (3, 3)
    assert goodput.rule is not None
    assert "staleness < 1 s" in goodput.rule
    turns = Turns(viewers=6, seconds=60.0).write(tmp_path / "b").ledger()
    rules = (RULE.replace('">= 8"', '">= 80 %"').replace('"< 5 s"', wait) for wait in ('"< 5 s"', '"< 60 s"'))
    found = [verdict(turns, f'good_viewers = ">= 99 %"\n{rule}') for rule in rules]
    assert [judged.verdict.status for judged in found] == ["fail", "pass"]
    counts = [judged.endpoints[0].goodput.good_viewers for judged in found]
    assert counts == [0, 6]


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        ('fps = ">= 8"', 1),
        ('fps = ">= 80 %"', 1),
        ('staleness = "< 1 s"', 1),
        ('freeze = "< 1 s"', 1),
        ('staleness = "< 2 s"', 2),
        ('fps = ">= 1"\nfor = "50 %"', 2),
    ],
)
def test_each_condition_finds_who_it_is_about(tmp_path: Path, rule: str, good: int) -> None:
    """One of two viewers gets no picture for 1.5 s of every 2: pace, age and freezes each tell, other rules forgive."""
    builder = LedgerBuilder(tmp_path, meta(endpoint()))
    builder.span(0.0, 30.0)
    for viewer in (0, 1):
        builder.viewer(viewer, 0.0, 30.0)
        builder.stream(viewer, 0, 0.0, 0.001, 30.0, outcome=Outcome.CLOSED)
        for frame in range(300):
            seen = viewer == 0 or frame % 20 < 6
            builder.frame(viewer, frame, frame / 10, Fate.DELIVERED if seen else Fate.OVERWRITTEN)
    judged = verdict(builder.ledger(), f'good_viewers = "> 0"\n[good_viewer]\n{rule}')
    assert judged.endpoints[0].goodput.good_viewers == good


def test_a_run_that_was_ended_has_failed(tmp_path: Path) -> None:
    """What a run was ended for is a failure, also where so short a run would leave it open."""
    builder = steady(tmp_path / "well", seconds=2.0)
    builder.note("aborted", 2.0, check="simple: latency_p99 < 300 ms", why="It had failed for certain for 10 s.")
    judged = verdict(builder.ledger(), 'latency_p99 = "< 300 ms"')
    assert judged.verdict.status == "fail"
    assert "for certain" in judged.verdict.checks[0].reason
    assert not [one for one in judged.findings if one.severity == "good"]
    unwell = LedgerBuilder(tmp_path / "unwell", meta(endpoint()))
    unwell.note("started", 0.0)
    unwell.viewer(1, 0.0, 2.0)
    unwell.frame(1, 0, 0.0)
    unwell.note("aborted", 2.0, check="simple: fps_delivered > 5", why="It had failed for certain for 10 s.")
    assert verdict(unwell.ledger(), 'fps_delivered = "> 5"').verdict.status == "inconclusive"


def test_errors_are_counted_by_endpoint_and_in_all(tmp_path: Path) -> None:
    """A line for all counts those of the run itself too; one in a table counts that endpoint's."""
    run = steady(tmp_path).ledger()
    failures = [Failure(where="join", what="503", count=2, endpoint="simple"),
                Failure(where="app", what="died", count=1, endpoint=None)]  # fmt: skip
    summary = replace(summarise(run), errors=failures)
    judged = judge(summary, parse_slo("errors = 0\n[endpoint.simple]\nerrors = 2"), run)
    assert [(check.value, check.status) for check in judged.verdict.checks] == [(3, "fail"), (2, "pass")]


def test_the_verdict_is_part_of_the_contract(tmp_path: Path) -> None:
    """Each key of a check is in the schema and the other way round."""
    judged = as_json(verdict(steady(tmp_path).ledger(), 'latency_p95 = "< 300 ms"'))
    assert set(judged["verdict"]["checks"][0]) == set(schema()["$defs"]["check"]["required"])
