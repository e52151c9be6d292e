"""The verdict as rows of plain text, for every report that shows it."""

from dataclasses import dataclass

from bench.metrics import Summary
from bench.slo.limit import words
from bench.words import UNKNOWN, plural

TITLES = {"pass": "Pass", "fail": "Fail", "inconclusive": "Inconclusive"}


@dataclass(frozen=True, slots=True)
class Row:
    """One check: its status, its name, the figure and the reason in words."""

    status: str
    name: str
    value: str
    reason: str


def rows(summary: Summary) -> list[Row]:
    """The checks, those that did not pass first, else in the order of the objectives."""
    rank = {"fail": 0, "inconclusive": 1, "pass": 2, "none": 3}
    checks = sorted(summary.verdict.checks, key=lambda check: rank.get(check.status, 3))
    return [
        Row(
            check.status,
            check.name,
            UNKNOWN if check.value is None else words(check.value, check.unit),
            check.reason,
        )
        for check in checks
    ]


def sentence(summary: Summary) -> str:
    """The verdict in a line: `Fail: 1 of 5 checks failed, 1 cannot be told`."""
    statuses = [check.status for check in summary.verdict.checks if check.status != "none"]
    failed, open_ = statuses.count("fail"), statuses.count("inconclusive")
    parts = [f"{failed} failed"] * bool(failed) + [f"{open_} cannot be told"] * bool(open_)
    facts = ", ".join(parts) or "all passed"
    return f"{TITLES.get(summary.verdict.status, 'None')}: of {plural(len(statuses), 'check')}, {facts}."
