"""docs/faults.md: the table of rows as they went."""

import os
import platform
from dataclasses import dataclass

from bench.faults.case import Case
from bench.faults.judge import fates
from bench.faults.play import Played
from bench.report.escape import markdown

_HEAD = """# Faults

What becomes of a run when the network, the server, the app or a process of the harness fails. Every row is a real run
of `gradio-bench run`, some seconds long, most of them with three viewers, in front of real Gradio. `make faults` plays
them all and writes this page; `make test` plays a few.

Of every row it is checked that the run ends on time, that each frame has one fate, that the cause stands in errors and
findings, that the exit code is right, that viewers are back when the server is, and that they come back calmly: a
viewer whose join fails tries again at its next tick, as a browser does, and then waits twice as long each time, up to
three seconds. The joins a second are those of all viewers together, in the busiest second of the row.

Beside the rows: `make fuzz` bends what servers send, a hundred thousand times and more, for every parser that reads it
(what made one fail is kept in tests/fuzz/corpus and tried ever after); `make soak` keeps a steady load up for an hour
and tells what of the generator grew. A full disk is played with a limit on the size of files. The wall clock is read
only to date a run and to put the files of several machines on one axis: durations are the monotonic clock's, which
nobody can set. Known holes in dependencies are not looked up: the tools for it ask an address that is no package
registry.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it went; `complaints` are what did not hold."""

    case: Case
    played: Played
    complaints: list[str]

    @property
    def verdict(self) -> str:
        """Whether all held."""
        return "FAIL" if self.complaints else "pass"


def page(rows: list[Row]) -> str:
    """Write the page."""
    accounted = sum(fates(row.played.results)["captured"] for row in rows if row.played.results)
    passed = sum(not row.complaints for row in rows)
    told = (
        f"\n{passed} of {len(rows)} rows pass; {accounted:,} frames, each with one fate "
        f"({platform.system()} {platform.machine()}, {os.cpu_count()} cores).\n"
    )
    names = ("fault", "what happens", "frames", "what is said", "exit", "joins/s", "verdict")
    head = f"\n| {' | '.join(names)} |\n|{' --- |' * len(names)}\n"
    return _HEAD + told + head + "".join(map(_line, rows))


def _line(row: Row) -> str:
    cells = [
        row.case.name,
        row.case.meets,
        _frames(row.played),
        markdown(_said(row.played)),
        str(row.played.exit_code),
        str(row.played.traffic.busiest_second() or ""),
        row.verdict + "".join(f"; {markdown(one)}" for one in row.complaints),
    ]
    return f"| {' | '.join(cells)} |\n"


def _frames(played: Played) -> str:
    if played.results is None:
        return ""
    counted = fates(played.results)
    return ", ".join(f"{number} {name}" for name, number in counted.items() if number and name != "captured")


def _said(played: Played) -> str:
    """The sentence that names the cause: the commonest error, else the worst finding, else the last line."""
    results = played.results
    if results is None:
        return next((line for line in played.said.splitlines() if line.startswith("gradio-bench:")), "")
    if results["errors"]:
        worst = results["errors"][0]
        return f"{worst['where']}: {worst['what']}"[:140]
    return str(results["findings"][0]["text"])[:140] if results["findings"] else ""
