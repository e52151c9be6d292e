"""The verdict as rows of plain text, for every report that shows it."""

from dataclasses import dataclass

from bench.metrics import Summary
from bench.metrics.figures import Check
from bench.slo.limit import words
from bench.words import UNKNOWN, duration, plural

TITLES = {"pass": "Pass", "fail": "Fail", "inconclusive": "Inconclusive"}


@dataclass(frozen=True, slots=True)
class Row:
    """One check: its status, its name, the figure and the reason in words."""

    status: str
    name: str
    value: str
    reason: str


def rows(summary: Summary) -> list[Row]:
    """The checks, those that did not pass first, else in the order of the objectives.

    Those that an endpoint was not asked, for it has no such figure or no viewer, are in results.json only.
    """
    rank = {"fail": 0, "inconclusive": 1, "pass": 2}
    asked = [check for check in summary.verdict.checks if check.status in rank]
    checks = sorted(asked, key=lambda check: rank[check.status])
    return [Row(check.status, check.name, _value(check), check.reason) for check in checks]


def _value(check: Check) -> str:
    if check.value is None:
        return UNKNOWN
    return duration(check.value) if check.unit == "seconds" else words(check.value, check.unit)


def sentence(summary: Summary) -> str:
    """The verdict in a line: `Fail: 1 of 5 checks failed, 1 cannot be told`."""
    statuses = [check.status for check in summary.verdict.checks if check.status != "none"]
    failed, open_ = statuses.count("fail"), statuses.count("inconclusive")
    parts = [f"{failed} failed"] * bool(failed) + [f"{open_} cannot be told"] * bool(open_)
    facts = ", ".join(parts) or "all passed"
    return f"{TITLES.get(summary.verdict.status, 'None')}: of {plural(len(statuses), 'check')}, {facts}."
