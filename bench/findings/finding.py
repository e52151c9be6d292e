"""What a finding is made of, and how findings are ranked."""

from dataclasses import replace
from typing import Any, Literal

from bench.metrics.figures import Finding

__all__ = ["RANK", "Finding", "Severity", "found", "ranked", "uncertain"]

Severity = Literal["severe", "warning", "note", "good"]

RANK: dict[str, int] = {"severe": 0, "warning": 1, "note": 2, "good": 3}
"""severe: viewers get what is wrong, or nothing. warning: they get less than they could. note: good to know."""


def found(name: str, severity: Severity, text: str, remedy: str, **evidence: Any) -> Finding:
    """Make a finding; `evidence` holds the numbers its sentence rests on, seconds where a name ends in `_s`."""
    return Finding(id=name, severity=severity, text=text, evidence=evidence, remedy=remedy)


def ranked(findings: list[Finding]) -> list[Finding]:
    """The worst first; those alike in severity stay in order."""
    return sorted(findings, key=lambda one: RANK[one.severity])


def uncertain(finding: Finding) -> Finding:
    """The same, no longer stated as certain: the figures it rests on may be the generator's own doing."""
    return replace(finding, text=f"Not certain: {finding.text}", evidence={**finding.evidence, "certain": False})
