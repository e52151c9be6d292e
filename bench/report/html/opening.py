"""The verdict and three sentences: what viewers saw, what limits it, what to change."""

from dataclasses import dataclass

from bench.metrics import Endpoint, Summary
from bench.metrics.figures import Finding
from bench.report.overview import overview
from bench.report.verdict import rows
from bench.words import plural

_GATED = {"pass": "Pass", "fail": "Fail", "inconclusive": "Inconclusive"}
_OPEN = {"fail": "Nothing was found that explains it.", "inconclusive": "See below what it takes to know."}
_EXPLAINS = {"severe", "warning"}  # findings that may well be why a check failed
_TONES = {"pass": "good", "fail": "severe", "inconclusive": "warning"}


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes first. `tone` is a severity; `change` is code, and where it is empty, `unchanged` says so."""

    verdict: str
    tone: str
    seen: str
    limits: str
    change: str
    unchanged: str = "Nothing."


def opening(summary: Summary) -> Opening:
    """Say it by the gate's verdict where there is one, else by the worst finding."""
    worst = _telling(summary.findings)
    verdict, tone = _verdict(summary)
    if summary.verdict.status in _OPEN and (worst is None or worst.severity not in _EXPLAINS):
        first = rows(summary)[0]
        limits = f"{first.name}: it was {first.value}. {first.reason}"
        return Opening(verdict, tone, _seen(summary, worst), limits, "", _OPEN[summary.verdict.status])
    return Opening(
        verdict=verdict,
        tone=tone,
        seen=_seen(summary, worst),
        limits=worst.text if worst else "Nothing was found that holds it back.",
        change=worst.remedy if worst else "",
    )


def _telling(findings: list[Finding]) -> Finding | None:
    """The finding that explains most: the first, but the app's before the generator's."""
    return next((one for one in findings if one.id != "generator_unhealthy"), next(iter(findings), None))


def _verdict(summary: Summary) -> tuple[str, str]:
    if summary.verdict.status in _GATED:
        return _GATED[summary.verdict.status], _TONES[summary.verdict.status]
    if not any(endpoint.viewers for endpoint in summary.endpoints):
        return "Nothing was measured", "warning"
    if not summary.generator.healthy:
        return "Not to be relied on", "warning"
    severe = sum(one.severity == "severe" for one in summary.findings)
    if severe:
        return f"{plural(severe, 'thing')} went wrong", "severe"
    return _after_all(summary.findings)


def _after_all(findings: list[Finding]) -> tuple[str, str]:
    """Say how an app came off that nothing severe was found in; what others did to the machine is not its to change."""
    warnings = sum(one.severity == "warning" and one.id != "busy_machine" for one in findings)
    if warnings:
        return f"Works, with {plural(warnings, 'thing')} to change", "warning"
    if any(one.id == "busy_machine" for one in findings):
        return "Works, on a machine that others kept busy", "warning"
    well = any(one.severity == "good" for one in findings)
    return ("Healthy", "good") if well else ("Works, but not for every viewer", "warning")


def _seen(summary: Summary, worst: Finding | None) -> str:
    """What viewers of the endpoint in question saw, and how many others are told of below."""
    measured = [endpoint for endpoint in summary.endpoints if endpoint.viewers]
    if not measured:
        return "No viewer came inside the measured window."
    named = worst.evidence.get("endpoint") if worst else None
    one = next((each for each in measured if each.api_name == named), max(measured, key=_viewers))
    others = f" ({one.api_name}; {plural(len(measured) - 1, 'other endpoint')} below.)" if len(measured) > 1 else ""
    return f"{overview(one)}{others}"


def _viewers(endpoint: Endpoint) -> int:
    return endpoint.viewers
