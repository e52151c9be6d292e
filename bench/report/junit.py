"""JUnit XML: a run as test cases, for CI systems that show them. What cannot be believed is an error, no failure."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as Xml

from bench.metrics import Endpoint, Summary
from bench.metrics.figures import Check
from bench.plain import plain
from bench.report.overview import overview
from bench.report.words import count, noun, plural

Result = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: what was expected, how it came out, and in words why."""

    suite: str
    name: str
    result: Result = "passed"
    why: str = ""


def write_junit(summary: Summary, path: Path) -> Path:
    """Write one suite for each endpoint with viewers, one for the generator and one for the gate's verdict."""
    root = Xml.Element("testsuites", name="gradio-bench")
    found = list(cases(summary))
    for name in dict.fromkeys(case.suite for case in found):
        _suite(root, name, [case for case in found if case.suite == name], summary)
    Xml.indent(root)
    path.write_bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return path


def cases(summary: Summary) -> Iterator[Case]:
    """Yield every case. Where the generator did not keep up, it is an error: the figures are inconclusive."""
    for endpoint in summary.endpoints:
        if endpoint.viewers:
            yield from _endpoint(endpoint, summary)
    yield _case("generator", "the generator kept up", summary.generator.reasons, "error")
    lost = [error.what for error in summary.errors if error.endpoint is None]
    yield _case("generator", "the run met no errors of its own", lost, "error")
    for check in summary.verdict.checks:
        yield _check(check)


def _endpoint(endpoint: Endpoint, summary: Summary) -> Iterator[Case]:
    suite, frames, wrong = endpoint.api_name, f"{noun(endpoint)}s", endpoint.integrity
    unaccounted = endpoint.books.unaccounted
    without = endpoint.viewers_without_result
    errors = [
        f"{error.where}: {error.what} ({count(error.count)} ×)" for error in summary.errors if error.endpoint == suite
    ]
    whose = {
        "cross-talk": wrong.cross_talk,
        "contradicting the viewer's state": wrong.state_errors,
        "lost updates of a transcript": wrong.lost_updates or 0,
        "out of order": wrong.out_of_order,
    }
    yield _case(
        suite, "every viewer got a result", [f"{plural(without, 'viewer')} never got one"] if without else [], "failure"
    )
    yield _case(suite, "the app answered without errors", errors, "failure")
    own = "every result was its viewer's own, in order"
    if wrong.cross_talk is None and not any(whose.values()):
        yield Case(suite, own, "skipped", "results carry no mark, or none came: it cannot be told")
    else:
        yield _case(suite, own, [f"{count(number)} {what}" for what, number in whose.items() if number], "failure")
    yield _case(
        suite,
        f"every one of its {frames} has exactly one fate",
        [] if endpoint.books.closed else [f"{count(unaccounted)} {frames} have none, or more than one"],
        "error",
    )


def _case(suite: str, name: str, problems: list[str], result: Result) -> Case:
    return Case(suite, name, result, "\n".join(map(plain, problems))) if problems else Case(suite, name)


def _check(check: Check) -> Case:
    """Turn a check of the gate into a case: what nobody can tell is an error, what was not asked is skipped."""
    results: dict[str, Result] = {"pass": "passed", "fail": "failure", "inconclusive": "error"}
    result = results.get(check.status, "skipped")
    return Case("gate", check.name, result, "" if result == "passed" else plain(check.reason))


def _suite(root: Xml.Element, name: str, found: list[Case], summary: Summary) -> None:
    results = [case.result for case in found]
    suite = Xml.SubElement(
        root,
        "testsuite",
        name=plain(name),
        tests=str(len(found)),
        failures=str(results.count("failure")),
        errors=str(results.count("error")),
        skipped=str(results.count("skipped")),
        time=f"{summary.run.measured_s:.3f}",
    )
    if summary.run.started_at:
        suite.set("timestamp", summary.run.started_at)
    for case in found:
        _element(suite, case)
    for endpoint in summary.endpoints:
        if endpoint.viewers and endpoint.api_name == name:
            Xml.SubElement(suite, "system-out").text = plain(overview(endpoint))


def _element(suite: Xml.Element, case: Case) -> None:
    element = Xml.SubElement(suite, "testcase", classname=f"gradio-bench.{plain(case.suite)}", name=plain(case.name))
    if case.result != "passed":
        first = case.why.partition("\n")[0]
        Xml.SubElement(element, case.result, message=first).text = case.why
