"""Load the reference app for an hour and print what grew, as a table: `python -m bench.faults.soak`."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from bench.faults.soak.measure import soak

LEAST_DRIFTS = 5
"""Memory, files, threads, greenlets and latency: a soak too short to tell them all has shown nothing."""


def main() -> int:
    """Soak, and print what moved; 0 when all bars hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long the load lasts")
    parser.add_argument("--viewers", type=int, default=2, help="how many viewers there are")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="gradio-bench-soak-") as folder:
        out = Path(folder) / "out"
        code, moved = soak(asked.minutes, asked.viewers, out)
        results = orjson.loads((out / "results.json").read_bytes())
    print(f"{asked.minutes:g} minutes with {asked.viewers} viewers; gradio-bench run ended with {code}.\n")  # noqa: T201
    print("| what | median | an hour | moved | bar | |\n| --- | --- | --- | --- | --- | --- |")  # noqa: T201
    for one in moved:
        bar = "the app's own" if one.most is None else f"{one.most:.2f}"
        verdict = "holds" if one.holds else "GROWS"
        figures = f"{one.middle:.2f} {one.unit} | {one.per_hour:+.2f} {one.unit} | {one.moved:+.2f} | {bar} | {verdict}"
        print(f"| {one.name} | {figures} |")  # noqa: T201
    for finding in results["findings"]:
        print(f"\n{finding['severity']}: {finding['text']}")  # noqa: T201
    closed = all(one["books"]["closed"] for one in results["endpoints"])
    return int(code != 0 or not closed or len(moved) < LEAST_DRIFTS or not all(one.holds for one in moved))


if __name__ == "__main__":
    sys.exit(main())
