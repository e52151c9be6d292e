"""The study: every case played, the control played twice, and what follows from it."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fidelity.beside import Pair, Studio
from bench.fidelity.case import CONTROL, FULL, QUICK, Case
from bench.fidelity.comparison import Row, Verdict, compare, confirm
from bench.fidelity.fake_devices import make_devices
from bench.fidelity.figures import Unit
from bench.load.target import Target, parse_target

PASS, FAIL, NOISY = 0, 1, 3
"""Exit codes: all rows within their bars or explained; one beyond; the machine too noisy to tell."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Played:
    """One case as it went: the browser beside the harness, and the harness beside the wire."""

    case: Case
    pair: Pair
    compared: list[Row]
    confirmed: list[Row]


@dataclass(frozen=True, slots=True)
class Study:
    """All cases. `control` compares a browser with itself: its second visit stands where the harness stands."""

    played: list[Played]
    control: list[Row]
    browser: str
    machine: str

    @property
    def noisy(self) -> list[Row]:
        """Rows in which the browser differed from itself by more than the bar."""
        return [row for row in self.control if row.verdict is not Verdict.WITHIN]

    @property
    def beyond(self) -> list[tuple[Case, Row]]:
        """Rows beyond their bars that nothing explains."""
        rows = [(one.case, row) for one in self.played for row in (*one.compared, *one.confirmed)]
        return [(case, row) for case, row in rows if row.verdict is Verdict.BEYOND]

    @property
    def exit_code(self) -> int:
        """What the study comes to. On a noisy machine a difference says nothing; counts on the wire always do."""
        if any(
            row.verdict is Verdict.BEYOND and row.figure.unit is Unit.COUNT
            for one in self.played
            for row in one.confirmed
        ):
            return FAIL
        if self.noisy:
            return NOISY
        return FAIL if self.beyond else PASS


def study(*, quick: bool = False, tell: Tell = lambda _text: None, folder: Path | None = None) -> Study:
    """Play all cases, or the quick ones; `tell` is told of progress, `folder` (else a temporary one) takes the files.

    Raises UsageError when Playwright or a Chromium is missing, TargetError when an app or a side fails.
    """
    with TemporaryDirectory(prefix="gradio-bench-fidelity-", ignore_cleanup_errors=True) as temporary:
        return _study((CONTROL, *(QUICK if quick else FULL)), folder or Path(temporary), tell)


def _study(cases: Sequence[Case], folder: Path, tell: Tell) -> Study:
    tell("Making the film and the sound of the fake devices ...")
    devices = make_devices(folder)
    with Studio(devices) as studio:
        pairs = _play(cases, studio, folder, tell)
        browser = studio.browser
    first, again = pairs[0].browser.told, pairs[1].browser.told
    return Study(
        played=[_compared(case, pair) for case, pair in list(zip(cases, pairs, strict=True))[1:]],
        control=compare(CONTROL, first.measures, again.measures, first.turns),
        browser=browser,
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )


def _play(cases: Sequence[Case], studio: Studio, folder: Path, tell: Tell) -> list[Pair]:
    pairs: list[Pair] = []
    for options, same_app in groupby(cases, key=lambda case: case.app):
        tell("Deploying the reference app ...")
        with Target(parse_target(""), arguments=options) as target:
            studio.warm(target.url)
            for case in same_app:
                tell(f"{len(pairs) + 1} of {len(cases)}: {case.name} ({case.seconds:g} s) ...")
                pairs.append(studio.play(case, target.url, folder / str(len(pairs))))
    return pairs


def _compared(case: Case, pair: Pair) -> Played:
    browser, harness = pair.browser.told, pair.harness.told
    return Played(
        case,
        pair,
        compare(case, browser.measures, harness.measures, browser.turns),
        confirm(case, harness, pair.harness.wire),
    )
