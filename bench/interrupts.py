"""Ctrl-C and SIGTERM while a process of ours is at work: the first asks it to end, the second ends it at once."""

import signal
import subprocess
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Counts the signals that come inside the `with` block and passes them on to one child process.

    The child gets a SIGINT for the first one, whichever it was, and is killed at the second. One that comes when there
    is no child any more only counts; from the second on it raises KeyboardInterrupt. Outside the main thread, where
    Python hands out no signals, nothing is counted.
    """

    def __init__(self, told: Callable[[], None]) -> None:
        self.count = 0
        self._told = told
        self._child: subprocess.Popen[bytes] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._came) for number in SIGNALS}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def watch(self, child: "subprocess.Popen[bytes]") -> None:
        """Pass signals on to this process from here on, and the one that came before it was there."""
        self._child = child
        if self.count:
            child.send_signal(signal.SIGINT)

    def _came(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        child = self._child if self._child is not None and self._child.poll() is None else None
        if self.count == 1:
            self._told()
            if child is not None:
                child.send_signal(signal.SIGINT)
        elif child is not None:
            child.kill()
        else:
            raise KeyboardInterrupt
