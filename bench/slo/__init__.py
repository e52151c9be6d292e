"""Objectives and the gate: what a run must show, and whether it did, did not, or nobody can tell.

    slo = read_slo(Path("slo.toml"))
    judged = judge(summary, slo, ledger)
    judged.verdict.status  # "pass", "fail" or "inconclusive"

Pure but for reading the file: figures in, a verdict with its reasons out.
"""

from bench.slo.baseline import EFFECT, WEAKER, compare
from bench.slo.figures import Figure, figures
from bench.slo.judge import ABORTED, EXIT_CODES, judge, overall
from bench.slo.live import Hopeless, Watchdog
from bench.slo.objectives import Objective, Slo, parse_slo, read_slo

__all__ = [
    "ABORTED",
    "EFFECT",
    "EXIT_CODES",
    "WEAKER",
    "Figure",
    "Hopeless",
    "Objective",
    "Slo",
    "Watchdog",
    "compare",
    "figures",
    "judge",
    "overall",
    "parse_slo",
    "read_slo",
]
