"""Markdown: a run on one screen, for a pull request, a chat, or the summary page of a GitHub Actions job."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.metrics import Distribution, Endpoint, Summary
from bench.report import verdict
from bench.report.escape import code
from bench.report.escape import markdown as escaped
from bench.report.overview import overview
from bench.report.particulars import particulars
from bench.report.words import UNKNOWN, count, duration, error_bars, fates, noun, plural, quantiles, setting, share

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable in which GitHub Actions names the file whose Markdown it shows on the job's page."""

VERDICTS = {"pass": "✅ passed", "fail": "❌ failed", "inconclusive": "⚠️ inconclusive"}
"""A verdict on the page of a GitHub job, by its status."""

_ERRORS_SHOWN = 10
_ALWAYS = ("delivered",)  # fates with a column even where no frame met them


def as_markdown(summary: Summary) -> str:
    """Tell a run: what viewers saw of each endpoint, a table over all of them, findings, errors, the generator."""
    return "\n".join(_lines(summary)).rstrip() + "\n"


def write_markdown(summary: Summary, path: Path) -> Path:
    """Write it as a file."""
    path.write_text(as_markdown(summary), encoding="utf-8")
    return path


def append_step_summary(summary: Summary, environment: Mapping[str, str]) -> bool:
    """Append it to the file that `GITHUB_STEP_SUMMARY` names; False where there is none, or none that can be written.

    A summary that cannot be shown must not fail the step that was measured.
    """
    return append_to_step_summary(as_markdown(summary), environment)


def append_to_step_summary(text: str, environment: Mapping[str, str]) -> bool:
    """Append Markdown to the page of a GitHub job; False as `append_step_summary`."""
    name = environment.get(STEP_SUMMARY)
    if not name:
        return False
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError:
        return False
    return True


def _lines(summary: Summary) -> Iterator[str]:
    word = VERDICTS.get(summary.verdict.status)
    yield f"## gradio-bench{f': {word}' if word else ''}"
    yield ""
    yield _head(summary)
    yield ""
    yield from _checks(summary)
    measured = [endpoint for endpoint in summary.endpoints if endpoint.viewers]
    for endpoint in measured:
        yield f"- **{escaped(endpoint.api_name)}**: {escaped(overview(endpoint))}"
    yield from ("", *_table(*_times(measured)), "", *_table(*_fates(measured)), "") if measured else ()
    yield from _findings(summary)
    yield from _errors(summary)
    yield from _generator(summary)
    yield from _details(summary, measured)


def _head(summary: Summary) -> str:
    run, viewers = summary.run, sum(endpoint.viewers for endpoint in summary.endpoints)
    warmup = f" after {setting(run.warmup_s)} of warm-up" if run.warmup_s else ""
    gradio = escaped(summary.app.gradio_version or UNKNOWN)
    target = f" of {escaped(run.target)}" if run.target else ""
    return f"{plural(viewers, 'viewer')}{target}, measured {duration(run.measured_s)}{warmup}, Gradio {gradio}"


def _checks(summary: Summary) -> Iterator[str]:
    """Tell each check of the gate, those that did not pass first."""
    if not summary.verdict.checks:
        return
    signs = {status: words.split()[0] for status, words in VERDICTS.items()}
    rows = [
        [f"{signs.get(row.status, '·')} {escaped(row.name)}", escaped(row.value), escaped(row.reason)]
        for row in verdict.rows(summary)
    ]
    yield from _table(["check", "value", "why"], rows)
    yield ""


# Tables -------------------------------------------------------------------------------------------------------


def _times(endpoints: list[Endpoint]) -> tuple[list[str], list[list[str]]]:
    header = ["endpoint", "viewers", "fps", "latency p50", "p95", "p99", "staleness p95", "wait p50", "worst", "active"]
    return header, [_times_row(endpoint) for endpoint in endpoints]


def _times_row(endpoint: Endpoint) -> list[str]:
    fps, use, limit = endpoint.fps, endpoint.concurrency, endpoint.settings.effective_limit
    offered = UNKNOWN if fps.offered is None else f"{fps.delivered or 0:.1f} of {fps.offered:.1f}"
    peak = UNKNOWN if use.peak_active is None else count(use.peak_active)
    wait = endpoint.queue_wait_s
    return [
        escaped(endpoint.api_name),
        count(endpoint.viewers),
        offered,
        *quantiles(endpoint.latency_s)[:3],
        _p95(endpoint.staleness_s),
        duration(wait.p50 if wait else None),
        duration(endpoint.rotation.worst_wait_s),
        f"{peak} of {count(limit)}" if limit is not None else peak,
    ]


def _p95(distribution: Distribution | None) -> str:
    return duration(distribution.p95 if distribution else None)


def _fates(endpoints: list[Endpoint]) -> tuple[list[str], list[list[str]]]:
    """Tell the fates that any frame met, as shares of what was captured."""
    met = [
        fate
        for fate in fates(endpoints[0])
        if fate in _ALWAYS or any(getattr(endpoint.frames, fate) for endpoint in endpoints)
    ]
    rows = [
        [
            escaped(endpoint.api_name),
            f"{count(endpoint.frames.captured)} {noun(endpoint)}s",
            *(share(getattr(endpoint.frames, fate), endpoint.frames.captured) for fate in met),
        ]
        for endpoint in endpoints
    ]
    return ["endpoint", "captured", *map(escaped, met)], rows


def _table(header: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"| --- |{' ---: |' * (len(header) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


# Words --------------------------------------------------------------------------------------------------------


def _findings(summary: Summary) -> Iterator[str]:
    for finding in summary.findings:
        remedy = f" {code(finding.remedy)}" if finding.remedy else ""
        yield f"- **{escaped(finding.severity)}**: {escaped(finding.text)}{remedy}"
    if summary.findings:
        yield ""


def _errors(summary: Summary) -> Iterator[str]:
    if not summary.errors:
        return
    yield f"**{plural(sum(error.count for error in summary.errors), 'error')}**"
    yield ""
    for error in summary.errors[:_ERRORS_SHOWN]:
        place = f"{error.endpoint}, {error.where}" if error.endpoint else error.where
        yield f"- {count(error.count)} × {escaped(place)}: {escaped(error.what)}"
    if len(summary.errors) > _ERRORS_SHOWN:
        yield f"- … and {len(summary.errors) - _ERRORS_SHOWN} other kinds"
    yield ""


def _generator(summary: Summary) -> Iterator[str]:
    if summary.generator.healthy:
        bars = error_bars(summary.generator.error_bars)
        yield f"The generator kept up.{f' Error bars: {escaped(bars)}.' if bars else ''}"
    else:
        yield "⚠️ **Take these figures with care, and do not blame the app for them:**"
        yield ""
        yield from (f"- {escaped(reason)}" for reason in summary.generator.reasons)
    yield ""


def _details(summary: Summary, endpoints: list[Endpoint]) -> Iterator[str]:
    yield "<details><summary>Particulars, and how to repeat it</summary>"
    yield ""
    for endpoint in endpoints:
        yield f"**{escaped(endpoint.api_name)}**"
        yield ""
        yield from (f"- {label}: {escaped(text)}" for label, text in particulars(endpoint))
        yield ""
    if summary.run.command:
        yield f"Repeat: {code(summary.run.command)}"
        yield ""
    yield "</details>"
