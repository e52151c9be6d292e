"""Findings: what the figures of a run mean, in plain sentences with their evidence and their remedy as code.

Each finding is a small function from an endpoint's `Case`, or the whole Summary, to a Finding or None.
"""

from collections.abc import Callable
from dataclasses import replace

from bench.findings.case import Case
from bench.findings.cost import growing_disk, growing_memory, pictures_as_files
from bench.findings.finding import RANK, ranked, uncertain
from bench.findings.limits import lower_limit
from bench.findings.overall import app_died, busy_machine, generator_unhealthy, healthy, several_machines
from bench.findings.pace import busy_app, lost_sound, overwritten, slow_part
from bench.findings.soundness import (
    cross_talk,
    failed,
    lost_updates,
    nothing_came,
    nothing_shown,
    out_of_order,
    state_errors,
)
from bench.findings.undelivered import undelivered
from bench.findings.waiting import held_slots, long_waits, one_slot, sound_lost_waiting, starved, unfair
from bench.ledger import Ledger
from bench.metrics import Summary
from bench.metrics.figures import Finding

__all__ = ["Case", "find", "with_findings"]

OF_AN_ENDPOINT: tuple[Callable[[Case], Finding | None], ...] = (
    cross_talk,
    state_errors,
    lost_updates,
    failed,
    nothing_came,
    nothing_shown,
    starved,
    one_slot,
    lower_limit,
    long_waits,
    overwritten,
    lost_sound,
    undelivered,
    sound_lost_waiting,
    unfair,
    held_slots,
    out_of_order,
    busy_app,
    slow_part,
    pictures_as_files,
)
OF_A_RUN: tuple[Callable[[Summary], Finding | None], ...] = (
    app_died,
    busy_machine,
    growing_memory,
    growing_disk,
    several_machines,
)


def with_findings(summary: Summary, ledger: Ledger) -> Summary:
    """The Summary with its findings; `ledger` is the one it was worked out from."""
    return replace(summary, findings=find(summary, ledger))


def find(summary: Summary, ledger: Ledger) -> list[Finding]:
    """Find what stands in the viewers' way, the worst first; a healthy run says so, beside mere notes.

    Where the generator is not healthy, that comes first, and no other finding is stated as certain.
    """
    measured = [number for number, endpoint in enumerate(summary.endpoints) if endpoint.viewers]
    cases = [Case.of(summary, ledger, number) for number in measured]
    found = [_named(one, case, len(cases)) for case in cases for check in OF_AN_ENDPOINT if (one := check(case))]
    found += [one for of_run in OF_A_RUN if (one := of_run(summary))]
    doubt = generator_unhealthy(summary)
    if doubt is not None:
        return [doubt, *(uncertain(one) for one in ranked(found))]
    well = healthy(summary) if all(RANK[one.severity] >= RANK["note"] for one in found) else None
    return [well, *found] if well is not None else ranked(found)


def _named(finding: Finding, case: Case, cases: int) -> Finding:
    """Say whose it is, where there are several."""
    name = case.endpoint.api_name
    text = f"{name}: {finding.text}" if cases > 1 else finding.text
    return replace(finding, text=text, evidence={"endpoint": name, **finding.evidence})
