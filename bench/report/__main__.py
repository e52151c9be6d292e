"""`python -m bench.report LEDGER OUT [FORMATS]`: the reports of a run so far, from a copy of its ledger."""

import os
import sys
from pathlib import Path

from bench.errors import BenchError
from bench.report import write_reports
from bench.report.exports import read_formats
from bench.report.snapshot import take_snapshot


def main() -> None:
    """Copy what is whole of the ledger into OUT, and write its reports there; others on this machine go first."""
    ledger, out, *formats = sys.argv[1:]
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        wanted = read_formats(",".join(formats))
        take_snapshot(Path(ledger), Path(out) / "ledger")
        write_reports(Path(out) / "ledger", Path(out), wanted)
    except BenchError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
