"""`python -m bench.performance` (`make bench`): measures every bar side by side, and exits 0 when all hold.

1 when one was missed, 3 when the machine was too busy to tell.
"""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.performance.bars import QUICK, Bar, Plan, bars, go_round
from bench.performance.peer import find_peer


def main() -> int:
    """Measure and print the table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.performance", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round instead of five")
    plan = QUICK if parser.parse_args().quick else Plan()
    console = Console()
    peer, why_not = find_peer()
    with tempfile.TemporaryDirectory(prefix="gradio-bench-") as folder:
        found = go_round(plan, peer, Path(folder), lambda words: console.print(words, style="dim"))
    measured = list(bars(found, why_not))
    _print(console, measured, plan)
    busy = max(found.late_s)
    if any(bar.verdict == "inconclusive" for bar in measured):
        console.print(
            f"Other programs kept the machine busy: an idle process woke {1000 * busy:.1f} ms late. Close them."
        )
    verdicts = {bar.verdict for bar in measured}
    return 1 if "missed" in verdicts else 3 if "inconclusive" in verdicts else 0


def _print(console: Console, measured: list[Bar], plan: Plan) -> None:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = Table(title=f"Medians of {plan.rounds} rounds on {machine}")
    for heading in ("bar", "measured", "wanted", "verdict"):
        table.add_column(heading)
    for bar in measured:
        table.add_row(bar.what, bar.measured, bar.wanted, bar.verdict)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
