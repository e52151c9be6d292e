"""Starts the server of known truth, and the metronome beside it, as children that end with this process."""

import subprocess
import sys
from types import TracebackType
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from bench.errors import TargetError
from bench.truth.records import Records, records_from_json
from bench.truth.script import Script

END_S = 5.0
"""How long a child may take to end once its input is closed."""


class Child:
    """A Python module run as a child, spoken to in lines; it ends when its input does."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the process that started it
        )

    def ask(self, line: bytes) -> Any:
        """Send a line and wait for the answer; raises TargetError when the child has died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            raise TargetError(f"{self._module} died.", f"Run python -m {self._module} to see why.")
        return orjson.loads(answer)

    def stop(self) -> None:
        """Close its input and wait for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class TruthServer:
    """The server of known truth, for as long as the `with` block lasts; pictures are of `size` (width, height)."""

    def __init__(self, scripts: tuple[Script, ...], size: tuple[int, int] = (640, 480)) -> None:
        self.scripts, self.size = scripts, size
        self.url = ""
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self._child = Child("bench.truth")
        orders = {"scripts": [script.as_json() for script in self.scripts], "size": self.size}
        self.url = self._child.ask(orjson.dumps(orders))["url"]
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.stop()

    def report(self) -> Records:
        """Take what it recorded since the last report, the marks read; raises TargetError when it has died."""
        assert self._child is not None
        return records_from_json(self._child.ask(b"report"))


class Metronome:
    """The control: a process with nothing to do but wake on time. Its lateness is the machine's, nobody else's."""

    def __enter__(self) -> Self:
        self._child = Child("bench.truth.metronome")
        self._child.ask(b"start")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._child.stop()

    def beats(self) -> NDArray[np.float64]:
        """Take the beats since the last call, shape (n, 2): when each was due, and how many seconds late it was."""
        return np.array(self._child.ask(b"report"), np.float64).reshape(-1, 2)
