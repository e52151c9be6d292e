"""The `gradio-bench` command: puts its commands together, and turns errors into sentences and exit codes."""

import signal
import sys
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from bench.commands import compare, discover, fidelity, gate, init, report, run
from bench.errors import BenchError, InterruptError
from bench.truth import command as selfcheck


class _Commands(TyperGroup):
    """Ends any command that Ctrl-C breaks off with a sentence of ours."""

    def invoke(self, ctx: Any) -> Any:
        """Invoke the command that was named."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise InterruptError("Interrupted.") from None


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Load testing and benchmarking for Gradio apps that stream a camera or a microphone.",
    epilog="Exit codes: 0 fine · 1 an objective is not met · 2 wrong usage · 3 nobody can tell · "
    "4 the app could not be reached or died · 130 interrupted.",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        python = ".".join(map(str, sys.version_info[:3]))
        beside = f"Gradio {version('gradio')}, Locust {version('locust')}, Python {python}"
        sys.stdout.write(f"gradio-bench {version('gradio-bench')} ({beside})\n")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take what stands before the name of a command."""


app.command(epilog=run.EPILOG)(run.run)
app.command(epilog=discover.EPILOG)(discover.discover)
app.command(epilog=report.EPILOG)(report.report)
app.command(epilog=compare.EPILOG)(compare.compare)
app.command(epilog=gate.EPILOG)(gate.gate)
app.command(epilog=fidelity.EPILOG)(fidelity.fidelity)
app.command(epilog=init.EPILOG)(init.init)
app.command(epilog=selfcheck.EPILOG)(selfcheck.selfcheck)


def main() -> NoReturn:
    """Run the command; an error of ours is a sentence and an exit code, never a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was deployed is taken down first
    try:
        app(standalone_mode=True)
    except BenchError as error:
        sys.stderr.write(f"gradio-bench: {error.problem}\n")
        if error.remedy:
            sys.stderr.write(f"{error.remedy}\n")
        sys.exit(error.exit_code)
    sys.exit(0)


if __name__ == "__main__":
    main()
