"""The exception tree: every error the harness raises on purpose, and the exit code each one means.

    BenchError
    ├── UsageError    2   a wrong option, a name that does not exist, a folder that cannot be written
    ├── LedgerError   2   a ledger that cannot be read
    ├── TargetError   4   the app under test cannot be reached, is broken, or has nothing to drive
    └── InterruptError 130 Ctrl-C or SIGTERM came before there was anything to report, or twice

A stream's failure is not an exception: it is data in the stream's row.
"""


class BenchError(Exception):
    """Misuse or broken set-up. `remedy` says what to do next; `exit_code` is the command's exit code."""

    exit_code = 2

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n{self.remedy}" if self.remedy else self.problem


class UsageError(BenchError):
    """The command was asked for something it cannot do."""


class LedgerError(BenchError):
    """A ledger folder is missing, empty or not a ledger."""


class TargetError(BenchError):
    """The app under test could not be reached, died, or has no endpoint that can be driven."""

    exit_code = 4


class InterruptError(BenchError):
    """Ctrl-C or SIGTERM ended the command, and there is nothing to show for it."""

    exit_code = 130
