"""The generator's health: whether the load was made as promised, so that the app is not blamed for it."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bench.ledger import Ledger
from bench.metrics.books import Books
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.figures import Generator, Usage
from bench.metrics.latency import send_lags
from bench.metrics.rows import EndpointRows
from bench.metrics.window import Window, noted

LAG_SHARE = 0.5  # of stream_every: a frame sent later than half a tick no longer belongs to its place in the cadence
LAG_LIMIT_S = 0.100  # people notice a delay from about 0.1 s on: more of the generator's own would drown the app's
LATE_FRAMES = (0.01, 5)  # a share, and a number, that may be late: fewer tell of a hiccup, not of a habit
LOOP_LIMIT_S = 0.050  # results are timed when the loop wakes: half a tick of a 10 fps camera would be its own doing
CORE_LIMIT = 0.85  # of one core, which is all that a Python process has: above it, work queues within every tick


@dataclass(frozen=True, slots=True)
class Evidence:
    """One endpoint's share of what the generator is judged by. `lost` viewers were never seen to leave."""

    api_name: str
    stream_every_s: float | None
    books: Books
    lags_s: Floats
    lost: int

    @classmethod
    def gather(cls, rows: EndpointRows, books: Books) -> Self:
        """Take it from the endpoint's rows, and let go of them."""
        every_s, lost = rows.settings.get("stream_every_s"), int(np.count_nonzero(~rows.recordings.ended))
        return cls(rows.meta["api_name"], every_s, books, send_lags(rows), lost)


def generator(ledger: Ledger, window: Window, evidence: list[Evidence]) -> Generator:
    """Judge the generator: healthy when nothing speaks against it, else with every reason and its remedy."""
    lags = np.concatenate([np.empty(0), *(each.lags_s for each in evidence)])
    loop = Distribution.of(np.array([note.get("loop_lag_s", np.nan) for note in _samples(ledger, "generator", window)]))
    cores = _cores_by_process(ledger, window)
    processes = max(1, sum(1 for meta in ledger.metas if meta["rows"]["viewers"]))  # a master has none
    reasons = [
        *_record_reasons(ledger, window, evidence),
        *(reason for each in evidence for reason in _endpoint_reasons(each)),
        *_loop_reasons(loop),
        *_core_reasons(cores, processes),
    ]
    return Generator(
        healthy=not reasons,
        reasons=reasons,
        send_lag_s=Distribution.of(lags),
        loop_lag_s=loop,
        cpu_s_per_frame=sum(cores.values()) * window.length_s / lags.size if cores and lags.size else None,
        busiest_core=max(cores.values(), default=None),
        processes=processes,
    )


def usage(ledger: Ledger, window: Window) -> Usage | None:
    """Sum up what the app under test used inside the window; None where it was not ours to watch."""
    samples = _samples(ledger, "app", window)
    if not samples:
        return None
    disk = [note["disk_bytes"] for note in samples if note.get("disk_bytes") is not None]
    return Usage(
        cores=_rate(samples),
        rss_bytes=_peak(samples, "rss_bytes"),
        threads=_peak(samples, "threads"),
        disk_bytes=disk[-1] - disk[0] if len(disk) > 1 else None,
    )


def _samples(ledger: Ledger, what: str, window: Window) -> list[dict[str, Any]]:
    named = (note for note in ledger.notes if note["note"] == what)
    inside = (note for note in named if window.begin_s <= note["at_s"] <= window.end_s)
    return sorted(inside, key=lambda note: float(note["at_s"]))


def _peak(samples: list[dict[str, Any]], name: str) -> int | None:
    return max((note[name] for note in samples if note.get(name) is not None), default=None)


def _rate(samples: list[dict[str, Any]]) -> float | None:
    """CPU seconds per second between the first sample and the last."""
    known = [(note["at_s"], note["cpu_s"]) for note in samples if note.get("cpu_s") is not None]
    if len(known) < 2 or known[-1][0] <= known[0][0]:
        return None
    return float((known[-1][1] - known[0][1]) / (known[-1][0] - known[0][0]))


def _cores_by_process(ledger: Ledger, window: Window) -> dict[str, float]:
    samples = _samples(ledger, "generator", window)
    names = dict.fromkeys(str(note.get("process")) for note in samples)
    rates = {name: _rate([note for note in samples if str(note.get("process")) == name]) for name in names}
    return {name: rate for name, rate in rates.items() if rate is not None}


def _record_reasons(ledger: Ledger, window: Window, evidence: list[Evidence]) -> list[str]:
    """Say what is wrong with the record itself."""
    reasons = []
    lost = sum(each.lost for each in evidence)
    if not noted(ledger, "stopping"):
        reasons.append("The run was cut short: its end was never recorded, and its last second may be missing.")
    elif lost:
        who = "1 viewer was" if lost == 1 else f"{lost} viewers were"
        reasons.append(f"{who} never seen to leave: a process died before the end of the run.")
    if ledger.torn:
        torn = ", ".join(ledger.torn)
        reasons.append(f"A process died while writing its ledger ({torn}): its last second is missing.")
    if not window.length_s:
        reasons.append("Nothing was measured: the run ended during its warm-up. Use a longer --duration.")
    return reasons


def _endpoint_reasons(evidence: Evidence) -> list[str]:
    return [*_books_reasons(evidence.api_name, evidence.books), *_lag_reasons(evidence)]


def _books_reasons(api_name: str, books: Books) -> list[str]:
    if books.frames.closed:
        return []
    listed = ", ".join(map(str, books.broken[:5])) + (" …" if len(books.broken) > 5 else "")
    return [
        f"The books of {api_name} do not close: {books.frames.unaccounted} frames have no fate, or more than one "
        f"(viewers {listed}). Figures that count frames are off by as much."
    ]


def _lag_reasons(evidence: Evidence) -> list[str]:
    every_s, sent = evidence.stream_every_s, evidence.lags_s.size
    limit_s = min(LAG_LIMIT_S, LAG_SHARE * every_s) if every_s else LAG_LIMIT_S
    late = int(np.count_nonzero(evidence.lags_s > limit_s))
    if late <= max(LATE_FRAMES[0] * sent, LATE_FRAMES[1]):
        return []
    return [
        f"{late} of {sent} frames of {evidence.api_name} were sent more than {limit_s * 1000:.0f} ms after they were "
        "due (1 in 100 is sound). Use fewer --viewers, more --processes, or a machine apart from the app's."
    ]


def _loop_reasons(loop: Distribution | None) -> list[str]:
    """Each sample is the worst of a second: one bad instant now and then is harmless, one in most seconds is not."""
    if loop is None or loop.p50 <= LOOP_LIMIT_S:
        return []
    return [
        f"The generator's event loop was late by {loop.p50 * 1000:.0f} ms or more in half of all seconds (at most "
        f"{LOOP_LIMIT_S * 1000:.0f} ms is sound), so latencies hold its own delay. "
        "Use fewer --viewers, or more --processes."
    ]


def _core_reasons(cores: dict[str, float], processes: int) -> list[str]:
    return [
        f"Generator process {name} used {share * 100:.0f} % of a core, and one core is all it can have. "
        f"Use --processes {processes + 1} or more, or fewer --viewers."
        for name, share in cores.items()
        if share > CORE_LIMIT
    ]
