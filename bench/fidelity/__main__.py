"""Play the whole study and print its tables as docs/fidelity.md shows them: `python -m bench.fidelity`."""

import sys

from bench.fidelity.study import study
from bench.fidelity.views import markdown

if __name__ == "__main__":
    found = study(tell=lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201 - a command of its own
    sys.stdout.write(f"{found.browser}, {found.machine}\n\n{markdown(found)}\n")
    sys.exit(found.exit_code)
