"""The self-check: how far the harness's own numbers can be trusted on this machine."""

import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from bench.ledger import refuse_existing
from bench.truth.bars import Bar, Control, Spread, Status, timing_bars, verdict
from bench.truth.child import Metronome, TruthServer
from bench.truth.garble import Readings, garbled_readings
from bench.truth.measure import Measured, Run, Watch, control, drive, measure
from bench.truth.plan import FATES, LADDER
from bench.truth.script import Script
from bench.truth.side import Account

HALF_A_CORE = 0.5
"""Up to this share of one core the generator must keep its bars; above it they are only reported."""

RETRIES = 2
"""How often a run is repeated that missed a bar: what is the harness's own doing is missed again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to look, and at what.

    `rungs` are viewers, ten frames a second each; `marks` how many garbled ones to read.
    """

    scripts: tuple[Script, ...] = FATES
    fates_s: float = 6.0
    rung_s: float = 3.0
    rungs: tuple[int, ...] = (8, 24, 48, 72, 96, 128)
    marks: int = 0


FULL = Plan()
QUICK = Plan(fates_s=3.0, rung_s=2.0, rungs=(8,))
LEAST_MARKS = 10_000_000
"""Garbled marks read by `--long`, of which none may be misread."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found. `frames_per_s` is the highest rate at which every bar was met; `reasons` are in words.

    `waits` are the errors of queue waits, by script; `error_bars` those that later runs on this machine carry.
    """

    status: Status
    reasons: list[str]
    frames_per_s: float | None
    accounts: list[Account] = field(default_factory=list)
    waits: dict[str, Spread] = field(default_factory=dict)
    rungs: list[Measured] = field(default_factory=list)
    marks: Readings | None = None
    host: dict[str, str | int | None] = field(default_factory=dict)
    error_bars: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The run of all scripts: their accounts, the errors of their queue waits, and the bars these are held to."""

    accounts: list[Account]
    waits: dict[str, Spread] = field(default_factory=dict)
    bars: list[Bar] = field(default_factory=list)


def choose_plan(*, quick: bool, long: bool) -> Plan:
    """Give the plan for the command's options."""
    return replace(QUICK if quick else FULL, marks=LEAST_MARKS if long else 0)


def selfcheck(plan: Plan = FULL, *, out: Path | None = None, watch: Watch = lambda _words: None) -> Report:
    """Check the harness on this machine; `watch` is told in words what is going on.

    The runs' folders are kept in `out`, or removed. Raises TargetError when a child dies, UsageError when `out` cannot
    take the runs, and `bench.run.EndedEarlyError` after Ctrl-C.
    """
    with _folder(out) as folder, Metronome() as metronome:
        with TruthServer(plan.scripts) as server:
            counted = _check_fates(server, plan, folder, metronome, watch)
        with TruthServer((LADDER,)) as server:
            rungs = list(_climb(server, plan, folder, metronome, watch))
    marks = None
    if plan.marks:
        marks = garbled_readings(plan.marks, watch=lambda done: watch(f"Garbled marks: {done.total:,} read"))
    return sum_up(counted, rungs, marks)


def _check_fates(server: TruthServer, plan: Plan, folder: Path, metronome: Metronome, watch: Watch) -> Counted:
    """Count every script's fates; on a noisy machine again, for only what differs each time is the harness's doing."""
    always = {script.name for script in plan.scripts}
    counted = Counted([])
    for attempt in range(1 + RETRIES):
        metronome.beats()
        title, name = f"Fates in {len(plan.scripts)} scripts", "fates" + _again(attempt)
        done = drive(server, folder / name, 2 * len(plan.scripts), plan.fates_s, watch=watch, title=title)
        meanwhile = control(metronome.beats(), done)
        counted = _count(done, meanwhile)
        different = {account.name for account in counted.accounts if account.differences}
        if not different or not meanwhile.noisy:
            return counted
        always &= different
    told = [replace(one, noise=bool(one.differences) and one.name not in always) for one in counted.accounts]
    return replace(counted, accounts=told)


def _count(done: Run, meanwhile: Control) -> Counted:
    """Take the accounts, and hold the queue waits of all scripts to their bar."""
    waits = {name: one for name, errors_s in done.found.waits_s.items() if (one := Spread.of(errors_s)) is not None}
    every = {"wait": Spread.of(done.found.errors.wait_s)}
    return Counted(done.found.accounts, waits, timing_bars("fates", every, meanwhile))


def _climb(server: TruthServer, plan: Plan, folder: Path, metronome: Metronome, watch: Watch) -> Iterator[Measured]:
    """Raise the viewers rung by rung up to the first that misses a bar in every try: a hiccup is not repeated."""
    for viewers in plan.rungs:
        for attempt in range(1 + RETRIES):
            name = f"rate-{viewers}" + _again(attempt)
            rung = measure(server, folder / name, viewers, plan.rung_s, metronome=metronome, watch=watch)
            if verdict(rung.bars) == "pass" or rung.cores > HALF_A_CORE:
                break
        yield rung
        if verdict(rung.bars) != "pass":
            return


def sum_up(counted: Counted, rungs: list[Measured], marks: Readings | None) -> Report:
    """Come to a verdict: fates must be exact, bars met up to half a core, and no mark misread."""
    bars = [*(bar for account in counted.accounts for bar in _account_bars(account)), *counted.bars]
    bars += [bar for rung in rungs if rung.cores <= HALF_A_CORE for bar in rung.bars]
    if marks is not None:
        words = f"{marks.misread} of {marks.total:,} garbled marks misread"
        bars.append(Bar("marks", marks.misread, 0, "fail" if marks.misread else "pass", words))
    return Report(
        status=verdict(bars),
        reasons=[f"{bar.what}: {bar.words}" for bar in bars if bar.status != "pass"],
        frames_per_s=_highest_rate(rungs),
        accounts=counted.accounts,
        waits=counted.waits,
        rungs=rungs,
        marks=marks,
        host={"system": platform.system(), "machine": platform.machine(), "cpus": os.cpu_count()},
        error_bars=_error_bars(counted, rungs),
    )


def _error_bars(counted: Counted, rungs: list[Measured]) -> dict[str, Any] | None:
    """Give the worst errors up to the highest rate at which every bar was met.

    Where the first rate missed one already, as on a noisy machine, those of all rates up to half a core: what was
    measured is told, sound or not. None where no rate was measured.
    """
    sound = list(takewhile(lambda rung: verdict(rung.bars) == "pass", rungs))
    used = [(rung, rung.latency) for rung in sound or rungs if sound or rung.cores <= HALF_A_CORE]
    known = [(rung, latency) for rung, latency in used if latency is not None]
    waits = [one for one in (*counted.waits.values(), *(rung.wait for rung, _ in known)) if one is not None]
    if not known or not waits:
        return None
    return {
        "latency_bias_s": max(abs(latency.mean_s) for _, latency in known),
        "latency_p99_error_s": max(latency.p99_s for _, latency in known),
        "queue_wait_error_s": max(one.p99_s for one in waits),
        "frames_per_s": max(rung.frames_per_s for rung, _ in known),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _account_bars(account: Account) -> list[Bar]:
    what = f"fates, {account.name}"
    status: Status = "inconclusive" if account.noise else "fail"
    return [Bar(what, 1, 0, status, words) for words in account.differences] or [Bar(what, 0, 0, "pass", "exact")]


def _highest_rate(rungs: list[Measured]) -> float | None:
    """Find the highest rate below which no rung missed a bar; None when the first one did."""
    held = None
    for rung in rungs:
        if verdict(rung.bars) != "pass":
            break
        held = rung.frames_per_s
    return held


def _again(attempt: int) -> str:
    return f"-again-{attempt}" if attempt else ""


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        refuse_existing(out)
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="gradio-bench-") as folder:
        yield Path(folder)
