"""Progress of a self-check: a live line where there is a terminal, a line for each step elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text


class Steps:
    """Shows what is going on. What stands before the first colon, or the dots, names a step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True) if console.is_terminal else None
        self._step = ""

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, words: str) -> None:
        """Show a line; where there is no terminal, only the first one of each step."""
        step = words.partition(":")[0].removesuffix(" ...")
        if self._live is not None:
            self._live.update(Text(words))
        elif step != self._step:
            self._console.print(Text(f"{step} ..."), soft_wrap=True)
        self._step = step
