"""`python -m target_app`: serve the reference app until Ctrl-C."""

import os
import signal
import sys
import threading

from bench.errors import UsageError
from target_app.command_line import parse
from target_app.settings import Settings


def main() -> int:
    """Serve with the settings of the command line and the environment; the process's exit code."""
    try:
        serve(parse(sys.argv[1:], os.environ))
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Raises UsageError when the address cannot be listened on."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Importing Gradio takes seconds, which --help and a wrong option need not wait for.
    from target_app.app import build, launch_options  # noqa: PLC0415

    options = launch_options(settings)
    demo = build(settings)
    demo.launch(**options, prevent_thread_lock=True)
    sys.stdout.write(f"The reference app is at {demo.local_url} (Ctrl-C stops it)\n")
    sys.stdout.flush()
    stop.wait()
    demo.close(verbose=False)


if __name__ == "__main__":
    sys.exit(main())
