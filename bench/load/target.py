"""Deploying the app under test: a process of its own, on loopback, its settings changed and its files private."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from bench.errors import TargetError, UsageError
from bench.load.ports import refuse_used_port
from bench.load.target_name import TargetKind, TargetName, parse_target

__all__ = ["EndpointFacts", "Facts", "Overrides", "Target", "TargetKind", "TargetName", "parse_target"]

Keep = Literal["keep"]

_FORCED_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_DEBUG": "0",
    "PYTHONUNBUFFERED": "1",
}
FILES = "files"
_TAIL_BYTES = 8192
ENDING_S = 5.0
"""How long an app may take to end itself once it was told to."""
_LINE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Overrides:
    """Settings to give a stream instead of its own; "keep" leaves them. A None is no limit. Seconds."""

    stream_every_s: float | Keep = "keep"
    time_limit_s: float | Keep | None = "keep"
    concurrency_limit: int | Keep | None = "keep"

    def changes(self) -> dict[str, Any]:
        """Only what is to be changed."""
        return {name: value for name, value in asdict(self).items() if value != "keep"}


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What only the process that runs an app can tell of a stream. A `concurrency_limit` of None is no limit."""

    api_name: str
    concurrency_limit: int | None
    concurrency_id: str
    effective_limit: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a deployed app told of itself; `endpoints` are its streams by fn_index."""

    url: str
    max_threads: int
    endpoints: dict[int, EndpointFacts] = field(default_factory=dict)


class Target:
    """The app under test, deployed for as long as the `with` block lasts.

    `everywhere` changes the settings of all its streams, `endpoints` those of one by api_name (which wins); `arguments`
    is its command line. A file runs as `python file.py` in its own folder would. Works in a process patched by gevent
    and in a plain one. The app ends with this process, even when this process is killed.
    """

    def __init__(
        self,
        name: TargetName,
        *,
        everywhere: Overrides | None = None,
        endpoints: Mapping[str, Overrides] | None = None,
        max_threads: int | None = None,
        port: int | None = None,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 60.0,
    ) -> None:
        self.name = name
        self._port = port
        self._timeout_s = timeout_s
        self._environment = dict(environment or {})
        self._orders = {
            "kind": name.kind,
            "text": name.text,
            "attribute": name.attribute,
            "everywhere": (everywhere or Overrides()).changes(),
            "endpoints": {api_name: one.changes() for api_name, one in (endpoints or {}).items()},
            "max_threads": max_threads,
            "port": port,
            "arguments": list(arguments),
        }
        self._facts: Facts | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._folder: Path | None = None
        self._last_words = ""

    @property
    def facts(self) -> Facts:
        """What the app told of itself once it was up."""
        if self._facts is None:
            raise TargetError(f"{self.name} has not been started.")
        return self._facts

    @property
    def url(self) -> str:
        """Where the app answers, without a slash at the end."""
        return self.facts.url

    @property
    def pid(self) -> int:
        """The process the app runs in."""
        if self._process is None:
            raise TargetError(f"{self.name} has not been started.")
        return self._process.pid

    @property
    def files(self) -> Path:
        """Where the app keeps its temporary files; removed when it stops."""
        if self._folder is None:
            raise TargetError(f"{self.name} has not been started.")
        return self._folder / FILES

    def alive(self) -> bool:
        """Whether the app's process still runs."""
        return self._process is not None and self._process.poll() is None

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines the app printed, also after its end."""
        if self._folder is not None:
            self._last_words = _tail(self._folder / "app.log")
        return "\n".join(self._last_words.splitlines()[-lines:])

    def start(self) -> Self:
        """Deploy the app and wait until it answers.

        Raises UsageError for a port in use or an endpoint it does not have, TargetError when the app is broken, is
        not to be found, dies, or takes longer than `timeout_s`; the app's own error is in the message.
        """
        if not self.name.deployed:
            raise UsageError(f"{self.name} runs already: only a file, a module or the reference app can be deployed.")
        if self._port:
            refuse_used_port("127.0.0.1", self._port, "Name another with --port, or none to take any that is free.")
        try:
            self._launch()
            self._facts = self._read_report()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the app, whatever it started, and remove its files; stopping twice is harmless."""
        self.log_tail()
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            _end(self._process, ENDING_S if self._facts else 0.0)  # before that nobody in it may be listening yet
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._socket = self._folder = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gradio-bench-"))
        log = self._folder / "app.log"
        self._socket, theirs = socket.socketpair()
        with theirs, log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  the command is fixed, the orders go over the socket
                [sys.executable, "-P", "-m", "bench.load.deployed", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                env=self._child_environment(),
                start_new_session=True,  # Ctrl-C is ours to handle; and the app's own children end with its group
            )
        orders = {**self._orders, "parent": os.getpid(), "folder": str(self._folder), "log": str(log)}
        self._socket.sendall(json.dumps(orders).encode() + b"\n")

    def _child_environment(self) -> dict[str, str]:
        assert self._folder is not None
        files = self._folder / FILES
        files.mkdir()
        loopback = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1", "localhost"]))
        private = {"GRADIO_TEMP_DIR": str(files), "NO_PROXY": loopback, "no_proxy": loopback}
        return {**os.environ, **self._environment, **_FORCED_ENVIRONMENT, **private}

    def _read_report(self) -> Facts:
        message = json.loads(self._report_line())
        if "error" not in message:
            endpoints = {int(index): EndpointFacts(**one) for index, one in message["endpoints"].items()}
            return Facts(message["url"], message["max_threads"], endpoints)
        if message.get("usage"):
            raise UsageError(message["error"], message["remedy"])
        if "remedy" in message:
            raise TargetError(message["error"], message["remedy"])
        raise TargetError(f"{self.name} failed to start: {message['error']}", "Mend it so that it runs by itself.")

    def _report_line(self) -> bytes:
        assert self._socket is not None
        line = b""
        deadline_s = time.monotonic() + self._timeout_s
        while not line.endswith(b"\n"):
            self._socket.settimeout(max(deadline_s - time.monotonic(), 0.001))
            try:
                part = self._socket.recv(_LINE_BYTES)
            except TimeoutError:
                raise TargetError(
                    f"{self.name} was not up after {self._timeout_s:g} s.{self._printed()}",
                    "Give it longer with --start-timeout, or start it yourself and give its URL.",
                ) from None
            except ConnectionError:
                part = b""
            if not part:
                raise self._death()
            line += part
        return line

    def _death(self) -> TargetError:
        assert self._process is not None
        code = self._process.wait(timeout=5)
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return TargetError(f"{self.name} died while starting ({how}).{self._printed()}", "Run it by itself to see why.")

    def _printed(self) -> str:
        tail = self.log_tail()
        return f" It printed last:\n{tail}" if tail else ""


def _end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Wait for the app to end itself now that its lifeline is cut; kill it and its group when it does not."""
    try:
        process.wait(timeout=patience_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _tail(log: Path) -> str:
    if not log.is_file():
        return ""
    with log.open("rb") as lines:
        lines.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        return lines.read().decode(errors="replace").strip()
