"""Play the rows and write their table: `python -m bench.faults`."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.faults.cases import CASES
from bench.faults.judge import complaints
from bench.faults.page import Row, page
from bench.faults.play import Apps, play


def main() -> int:
    """Play what was asked for; 0 when every row passes, 1 when one does not."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the rows that are part of make test")
    parser.add_argument("--only", metavar="WORDS", default="", help="only rows whose name holds these words")
    parser.add_argument("--page", metavar="FILE", type=Path, help="write the table to this page of the documents")
    asked = parser.parse_args()
    cases = [case for case in CASES if asked.only in case.name and (case.quick or not asked.quick)]
    rows = []
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(TemporaryDirectory(prefix="gradio-bench-faults-", ignore_cleanup_errors=True))
        )
        apps = Apps(stack)
        for number, case in enumerate(cases):
            (own := folder / str(number)).mkdir()
            played = play(case, apps, own)
            row = Row(case, played, complaints(case, played))
            rows.append(row)
            print(f"{row.verdict:<6} {case.name}  {'; '.join(row.complaints)}", file=sys.stderr, flush=True)  # noqa: T201
    text = page(rows)
    if asked.page is not None:
        asked.page.write_text(text)
    else:
        sys.stdout.write(text)
    return int(any(row.complaints for row in rows))


if __name__ == "__main__":
    sys.exit(main())
