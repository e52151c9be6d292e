"""The generator's health: whether the load was made as promised, so that the app is not blamed for it."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from bench.ledger import Ledger
from bench.metrics.books import Account
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.error_bars import error_bars
from bench.metrics.figures import Generator, Usage
from bench.metrics.latency import send_lags
from bench.metrics.rows import EndpointRows, machines
from bench.metrics.samples import Samples, cores, samples
from bench.metrics.window import Window, noted

SNAPSHOT = "snapshot"  # the note at the end of a ledger that was copied while its run went on
LAG_SHARE = 0.5  # of stream_every: a frame sent later than half a tick no longer belongs to its place in the cadence
LAG_LIMIT_S = 0.100  # people notice a delay from about 0.1 s on: more of the generator's own would drown the app's
LATE_FRAMES = (0.01, 5)  # a share, and a number, that may be late: fewer tell of a hiccup, not of a habit
HICCUPS = (0.05, 4)  # so do more, up to this share, when all of them fall into so many seconds: p95 is still the app's
LOOP_LIMIT_S = 0.050  # results are timed when the loop wakes: half a tick of a 10 fps camera would be its own doing
LOOP_SAMPLES = 5  # fewer tell of the moment at which viewers arrived
CORE_LIMIT = 0.85  # of one core, which is all that a Python process has: above it, work queues within every tick
BUSY_CORE = 0.5  # below it, a process that is late was kept waiting by others
ARRIVAL_S = 3.0  # a crowd that arrives makes the first seconds harder than the others


@dataclass(frozen=True, slots=True)
class Evidence:
    """One endpoint's share of what the generator is judged by.

    `late_s` says when each frame sent too late was due, in seconds from the window's begin. `lost` viewers were never
    seen to leave.
    """

    api_name: str
    noun: str
    limit_s: float
    account: Account
    lags_s: Floats
    late_s: Floats
    lost: int

    @classmethod
    def gather(cls, rows: EndpointRows, account: Account) -> Self:
        """Take it from the endpoint's rows, and let go of them."""
        every_s = rows.settings.get("stream_every_s")
        limit_s = min(LAG_LIMIT_S, LAG_SHARE * every_s) if every_s else LAG_LIMIT_S
        tick_s, lags_s = send_lags(rows)
        return cls(
            api_name=rows.meta["api_name"],
            noun="chunks" if rows.microphone else "frames",
            limit_s=limit_s,
            account=account,
            lags_s=lags_s,
            late_s=tick_s[lags_s > limit_s] - rows.window.begin_s,
            lost=int(np.count_nonzero(~rows.recordings.ended)),
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """How busy the generator was, and what else kept its machine busy: what a remedy depends on."""

    cores: dict[str, float]  # by generator process
    processes: int
    cpus: int | None
    app_cores: float | None

    @property
    def remedy(self) -> str:
        """What to do when the generator is late: by whether its own work held it up, or others did."""
        own = max(self.cores.values(), default=None)
        if own is None:
            return "Use fewer --viewers, more --processes, or a machine apart from the app's."
        if own > BUSY_CORE:
            return f"Use --processes {self.processes + 1} or more, or fewer --viewers."
        used = f", of which the app used {self.app_cores:.1f}" if self.app_cores is not None else ""
        machine = f"one of its machine's {self.cpus} cores{used}" if self.cpus else "a core"
        return (
            f"The generator itself had little to do, but did not get {machine}: close other programs, use fewer "
            "--viewers, or run the app on another machine and give its URL."
        )


def generator(ledger: Ledger, window: Window, evidence: list[Evidence], app: Usage | None) -> Generator:
    """Judge the generator: healthy when nothing speaks against it, else with every reason and its remedy."""
    lags = np.concatenate([np.empty(0), *(each.lags_s for each in evidence)])
    wakes = [note["loop_lag_s"] for note in samples(ledger, "generator", window) if "loop_lag_s" in note]
    loop = Distribution.of(np.array(wakes, np.float64))
    machine = _machine(ledger, window, app)
    reasons = [
        *_record_reasons(ledger, window, evidence),
        *(reason for each in evidence for reason in _books_reasons(each) if not _goes_on(ledger)),
        *(reason for each in evidence for reason in _lag_reasons(each, machine)),
        *_loop_reasons(loop, machine),
        *_core_reasons(machine),
    ]
    send_lag = Distribution.of(lags)
    rate = lags.size / window.length_s / machine.processes if window.length_s else 0.0
    return Generator(
        healthy=not reasons,
        reasons=reasons,
        send_lag_s=send_lag,
        loop_lag_s=loop,
        cpu_s_per_frame=sum(machine.cores.values()) * window.length_s / lags.size
        if machine.cores and lags.size
        else None,
        busiest_core=max(machine.cores.values(), default=None),
        other_load=_other_load(samples(ledger, "generator", window), machine),
        processes=machine.processes,
        machines=max(1, machines(ledger)),
        error_bars=error_bars(ledger, rate, send_lag, loop),
    )


def _machine(ledger: Ledger, window: Window, app: Usage | None) -> Machine:
    taken = samples(ledger, "generator", window)
    names = dict.fromkeys(str(note.get("process")) for note in taken)
    used = {name: cores([note for note in taken if str(note.get("process")) == name]) for name in names}
    return Machine(
        cores={name: share for name, share in used.items() if share is not None},
        processes=max(1, sum(1 for meta in ledger.metas if meta["rows"]["viewers"])),  # a master has none
        cpus=(ledger.meta.get("run", {}).get("host") or {}).get("cpus"),
        app_cores=app.cores if app else None,
    )


def _other_load(taken: Samples, machine: Machine) -> float | None:
    """Share of the machine that neither the viewers nor the app used.

    None where the machine was not looked at, or its app not ours to watch. Viewers on other machines are taken off as
    well, so it is never too high for them.
    """
    whole = cores([{**note, "cpu_s": note.get("machine_s")} for note in taken])
    if whole is None or machine.app_cores is None or not machine.cpus:
        return None
    return max(0.0, whole - machine.app_cores - sum(machine.cores.values())) / machine.cpus


def _record_reasons(ledger: Ledger, window: Window, evidence: list[Evidence]) -> list[str]:
    """Say what is wrong with the record itself."""
    reasons = []
    lost = sum(each.lost for each in evidence)
    if _goes_on(ledger):
        reasons.append(
            "The run was still going on when these figures were worked out: frames on their way have no fate yet, and "
            "everything may change until its end."
        )
    elif not noted(ledger, "stopping"):
        reasons.append(
            "The run was cut short: its end was never recorded, and its last second may be missing. Run it again to "
            "its end, or read its figures as those of the time on record."
        )
    elif lost:
        who = "1 viewer was" if lost == 1 else f"{lost} viewers were"
        reasons.append(
            f"{who} never seen to leave: a process died before the end of the run. See the errors, and run it again."
        )
    if ledger.torn:
        torn = ", ".join(ledger.torn)
        reasons.append(
            f"A process died while writing its ledger ({torn}): its last second is missing. See that there is room "
            "and memory for the run, and run it again."
        )
    if not window.length_s:
        reasons.append("Nothing was measured: the run ended during its warm-up. Use a longer --duration.")
    return reasons


def _goes_on(ledger: Ledger) -> bool:
    return any(note["note"] == SNAPSHOT for note in ledger.notes)


def _books_reasons(evidence: Evidence) -> list[str]:
    account = evidence.account
    if account.books.closed:
        return []
    listed = ", ".join(map(str, account.broken[:5])) + (" …" if len(account.broken) > 5 else "")
    return [
        f"The books of {evidence.api_name} do not close: {account.books.unaccounted} {evidence.noun} have no fate, or "
        f"more than one (viewers {listed}). Figures that count them are off by as much. Unless a process died, this is "
        "a fault of the harness: please report it, with the ledger."
    ]


def _lag_reasons(evidence: Evidence, machine: Machine) -> list[str]:
    late, sent = evidence.late_s.size, evidence.lags_s.size
    seconds = np.unique(np.floor(evidence.late_s)).size
    hiccups = late <= HICCUPS[0] * sent and seconds <= HICCUPS[1]
    if late <= max(LATE_FRAMES[0] * sent, LATE_FRAMES[1]) or hiccups:
        return []
    arriving = bool(np.count_nonzero(evidence.late_s < ARRIVAL_S) > late / 2)
    remedy = f"Most were due in the first {ARRIVAL_S:.0f} s: use a longer --warmup, or fewer --viewers."
    limit_ms = evidence.limit_s * 1000
    return [
        f"{late} of {sent} {evidence.noun} of {evidence.api_name} were sent more than {limit_ms:.0f} ms after they "
        f"were due, in {seconds} different seconds (1 in 100 is sound). {remedy if arriving else machine.remedy}"
    ]


def _loop_reasons(loop: Distribution | None, machine: Machine) -> list[str]:
    """Each sample is the worst of its time: one bad instant now and then is harmless, one in most of them is not."""
    if loop is None or loop.count < LOOP_SAMPLES or loop.p50 <= LOOP_LIMIT_S:
        return []
    return [
        f"The generator's event loop was late by {loop.p50 * 1000:.0f} ms or more in half of all samples (at most "
        f"{LOOP_LIMIT_S * 1000:.0f} ms is sound), so latencies hold its own delay. {machine.remedy}"
    ]


def _core_reasons(machine: Machine) -> list[str]:
    return [
        f"Generator process {name} used {share * 100:.0f} % of a core, and one core is all it can have. "
        f"Use --processes {machine.processes + 1} or more, or fewer --viewers."
        for name, share in machine.cores.items()
        if share > CORE_LIMIT
    ]
