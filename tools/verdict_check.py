"""How often verdicts are wrong: runs whose truth lies exactly at the limit, where neither pass nor fail is true.

    python tools/verdict_check.py

Prints the table of docs/gates.md. Frames come ten a second from each viewer; 5 in 100 are late, each by itself or all
viewers' at once in stalls, so that "p95 < 300 ms" is neither true nor false. It takes some ten seconds.
"""

import argparse

import numpy as np
from rich.console import Console

from bench.metrics.window import Window
from bench.slo.decide import Count
from bench.slo.evidence import Values
from bench.slo.limit import Limit

RUNS, LATE, LIMIT_S = 400, 0.05, 0.3


def counted(random: np.random.Generator, stall_s: float, seconds: float, viewers: int) -> Count:
    """One run's count of late frames; `stall_s` 0 makes each frame late by itself."""
    tick_s = np.arange(0, seconds, 0.1)
    if stall_s:
        lengths = random.exponential(stall_s, (int(seconds / stall_s) + 50, 2)) * ((1 - LATE) / LATE, 1)
        edges = np.cumsum(lengths) - random.uniform(0, stall_s / LATE)
        late = np.broadcast_to(np.searchsorted(edges, tick_s) % 2 == 1, (viewers, tick_s.size))
    else:
        late = random.random((viewers, tick_s.size)) < LATE
    value = (np.where(late, 0.4, 0.05) + random.uniform(0, 0.02, late.shape)).ravel()
    values = Values(np.broadcast_to(tick_s, late.shape).ravel(), value, Window(0.0, seconds))
    return values.count(Limit("<", LIMIT_S, "seconds"), float(np.quantile(value, 1 - LATE, method="inverted_cdf")))


def main() -> None:
    """Print one row for each kind of run."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    console, random = Console(), np.random.default_rng(1)
    console.print(
        "| run of | late frames | wrongly passed | wrongly failed |\n| --- | --- | --- | --- |", soft_wrap=True
    )
    for seconds in (30.0, 120.0):
        for stall_s in (0.0, 0.3, 1.0, 3.0):
            found = [counted(random, stall_s, seconds, 4).decide(LATE) for _ in range(RUNS)]
            kind = f"in stalls of {stall_s:g} s" if stall_s else "one by one"
            wrong = (f"{100 * found.count(status) / RUNS:.1f} %" for status in ("pass", "fail"))
            console.print(f"| {seconds:.0f} s, 4 viewers | {kind} | {' | '.join(wrong)} |", soft_wrap=True)


if __name__ == "__main__":
    main()
