"""The verdict: each objective held against a run, with what speaks for it and what it would take to know more."""

from collections.abc import Iterator
from dataclasses import replace

from bench.ledger import Ledger
from bench.metrics import Endpoint, Summary
from bench.metrics.endpoint import Goodput
from bench.metrics.figures import Check, Verdict
from bench.metrics.goodput import goodput
from bench.slo.decide import Status
from bench.slo.evidence import EndpointEvidence
from bench.slo.figures import figures
from bench.slo.objectives import Objective, Slo
from bench.slo.question import Question

EXIT_CODES = {"pass": 0, "none": 0, "fail": 1, "inconclusive": 3}
"""What a command returns for a verdict."""

ABORTED = "aborted"
"""The note in a ledger that a run was ended for a check that failed."""


def judge(summary: Summary, slo: Slo, ledger: Ledger | None = None) -> Summary:
    """The Summary with its verdict, and its goodput by the rules of `slo`.

    With the `ledger` that the Summary was worked out from, every value counts; without it, only what the distributions
    tell. Raises UsageError where the objectives name an endpoint that was not driven.
    """
    slo.require_endpoints(endpoint.api_name for endpoint in summary.endpoints)
    court = _Court(summary, slo, ledger)
    checks = [check for objective in slo.objectives for check in court.checks(objective)]
    status = overall(checks)
    findings = [one for one in summary.findings if status != "fail" or one.severity != "good"]  # all is not well then
    return replace(summary, endpoints=court.endpoints, findings=findings, verdict=Verdict(status=status, checks=checks))


def overall(checks: list[Check]) -> Status:
    """One failure fails; else one that nobody can tell leaves it open; all must pass."""
    found = {check.status for check in checks}
    return next((one for one in ("fail", "inconclusive", "pass") if one in found), "inconclusive")


class _Court:
    """One run before its objectives."""

    def __init__(self, summary: Summary, slo: Slo, ledger: Ledger | None) -> None:
        self.summary, self.slo = summary, slo
        described = summary.endpoints
        self.evidence = [EndpointEvidence.of(ledger, n) if ledger else None for n in range(len(described))]
        pairs = zip(described, self.evidence, strict=True)
        self.endpoints = [replace(one, goodput=self._goodput(one, evidence)) for one, evidence in pairs]
        notes = ledger.notes if ledger else []
        self.aborted = {note["check"]: note["why"] for note in notes if note["note"] == ABORTED}

    def _goodput(self, endpoint: Endpoint, evidence: EndpointEvidence | None) -> Goodput:
        """By the objectives' rule; without a ledger, what was counted by the same rule before."""
        rule = self.slo.rule(endpoint.api_name)
        if rule is None:
            return Goodput()
        if evidence is None:
            return endpoint.goodput if endpoint.goodput.rule == rule.text else Goodput()
        return goodput(evidence.rows, evidence.screen, rule)

    def checks(self, objective: Objective) -> Iterator[Check]:
        """One check for each endpoint asked; where none of them has the figure, nobody can tell."""
        found = [self._ended(question.check()) for question in self._questions(objective)]
        if found and all(check.status == "none" for check in found):
            found = [replace(check, status="inconclusive") for check in found]
        yield from found

    def _questions(self, objective: Objective) -> Iterator[Question]:
        part = objective.figure.part
        if part != "endpoint" and objective.endpoint is None:
            yield Question(objective, self.summary, None, None)
            return
        for endpoint, evidence in zip(self.endpoints, self.evidence, strict=True):
            if objective.endpoint in {None, endpoint.api_name}:
                yield Question(objective, self.summary, endpoint, evidence)

    def _ended(self, check: Check) -> Check:
        """What a run was ended for has failed: it had, for certain, for as long as the file says.

        Unless the generator cannot be believed, which the watch could not know.
        """
        why = self.aborted.get(check.name)
        if why is None:
            return check
        believed = self.summary.generator.healthy or figures()[check.figure].strict
        return replace(check, status="fail" if believed else check.status, reason=f"{check.reason} {why}")
