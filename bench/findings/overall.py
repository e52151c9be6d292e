"""Findings about the run as a whole: whether it can be believed, and whether all was well."""

from bench.findings.finding import Finding, found
from bench.findings.soundness import ALONE
from bench.findings.undelivered import LOST_MOST, waiting_at_end
from bench.metrics import Summary
from bench.metrics.generator import BUSY_CORE
from bench.words import count, duration, plural, share

BUSY_MACHINE = 0.25
"""Of all its cores: below it, what a desktop or a browser does beside a run is not worth a word."""


def generator_unhealthy(summary: Summary) -> Finding | None:
    """The load was not made as promised: nothing else is certain then."""
    generator = summary.generator
    if generator.healthy:
        return None
    more = f" And {plural(len(generator.reasons) - 1, 'more reason')}." if len(generator.reasons) > 1 else ""
    return found(
        "generator_unhealthy",
        "warning",
        f"The load generator cannot be fully believed, so no other finding is certain. {generator.reasons[0]}{more}",
        _lighter(summary),
        reasons=generator.reasons,
        send_lag_p99_s=generator.send_lag_s.p99 if generator.send_lag_s else None,
        loop_lag_p50_s=generator.loop_lag_s.p50 if generator.loop_lag_s else None,
        busiest_core=generator.busiest_core,
    )


def _lighter(summary: Summary) -> str:
    """Repeat the run with more processes where the generator's own work held it up, else with fewer viewers."""
    busy = summary.generator.busiest_core
    if busy is not None and busy > BUSY_CORE:
        return f"gradio-bench run --processes {summary.generator.processes + 1}"
    return f"gradio-bench run --viewers {max(1, sum(one.viewers for one in summary.endpoints) // 2)}"


def busy_machine(summary: Summary) -> Finding | None:
    """Other programs took a good part of the machine: latencies hold their doing too."""
    load = summary.generator.other_load
    if load is None or load < BUSY_MACHINE:
        return None
    return found(
        "busy_machine",
        "warning",
        f"Other programs used {share(load, 1)} of this machine: the app may look slower than it is.",
        "top  # what else runs here? End it, and run again",
        other_load=load,
    )


def several_machines(summary: Summary) -> Finding | None:
    """Viewers on several machines: what compares instants of two of them is left out."""
    machines = summary.generator.machines
    if machines < 2:
        return None
    return found(
        "several_machines",
        "note",
        f"Viewers sat on {plural(machines, 'machine')}, whose clocks differ: how many streams were open at once, and "
        "how much of the slots was used, cannot be told.",
        "gradio-bench run --processes 2  # on one machine, if it is fast enough for these viewers",
        machines=machines,
    )


def app_died(summary: Summary) -> Finding | None:
    """Errors that belong to no endpoint: the app or a worker died."""
    mine = [error for error in summary.errors if error.endpoint is None]
    if not mine:
        return None
    return found(
        "run_errors",
        "severe",
        f"Something else went wrong during the run ({mine[0].where}): {mine[0].what}",
        ALONE,
        errors=sum(error.count for error in mine),
        where=mine[0].where,
        what=mine[0].what,
    )


def healthy(summary: Summary) -> Finding | None:
    """Nothing stood in the viewers' way; said only when nothing else was found but notes, and nearly all came back."""
    present = [one for one in summary.endpoints if one.viewers]
    if not present or not all(one.results and not one.viewers_without_result for one in present):
        return None
    viewers = sum(one.viewers for one in present)
    sent = sum(one.frames.captured - one.frames.skipped - waiting_at_end(one) for one in present)
    delivered = sum(one.frames.delivered for one in present)
    if delivered < (1 - LOST_MOST) * sent:
        return None
    slowest = max((one.latency_s.p99 for one in present if one.latency_s), default=None)
    within = f", 99 of 100 within {duration(slowest)}" if slowest is not None else ""
    return found(
        "healthy",
        "good",
        f"All is well with {plural(viewers, 'viewer')}: {share(delivered, sent)} of {count(sent)} frames that were "
        f"sent came back{within}.",
        f"gradio-bench run --viewers {2 * viewers}  # where does it end?",
        viewers=viewers,
        sent=sent,
        delivered=delivered,
        slowest_p99_s=slowest,
    )
