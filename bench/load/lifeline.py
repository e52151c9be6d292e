"""The deployed app's end of the line to the harness: orders come in, one report goes out, silence means the end."""

import json
import os
import shutil
import signal
import socket
import threading
from pathlib import Path
from typing import Any, NoReturn

LOG_LIMIT_BYTES = 4 << 20
LOG_KEPT_BYTES = 256 << 10
"""When the app's log has grown beyond the limit, only this much of its end is kept: an app may print every frame."""

_POLL_S = 1.0


class Lifeline:
    """Ends this process, and all it started, as soon as the process that deployed it lets go or dies.

    The socket reaches its end when the harness dies, even by kill -9. A second sign is watched for, the process's
    parent, in case another process holds a copy of the harness's end.
    """

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        with self._socket.makefile("rb") as lines:
            self.orders: dict[str, Any] = json.loads(lines.readline())
        self._folder = Path(self.orders["folder"])
        self._log = Path(self.orders["log"])
        self._parent = self.orders["parent"]

    def watch(self) -> None:
        """Start to watch, in a thread of its own."""
        self._socket.settimeout(_POLL_S)
        threading.Thread(target=self._watch, name="lifeline", daemon=True).start()

    def report(self, message: dict[str, Any]) -> None:
        """Tell the harness how the deployment went: one line of JSON."""
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def _watch(self) -> NoReturn:
        while os.getppid() == self._parent:
            try:
                if not self._socket.recv(4096):
                    break
            except TimeoutError:
                self._bound_log()
            except OSError:
                break
        self._end()

    def _bound_log(self) -> None:
        if self._log.stat().st_size <= LOG_LIMIT_BYTES:
            return
        with self._log.open("r+b") as log:
            log.seek(-LOG_KEPT_BYTES, os.SEEK_END)
            kept = log.read()
            log.truncate(0)
        os.write(1, kept)  # stdout is this very file, opened for appending

    def _end(self) -> NoReturn:
        for _ in range(3):  # a handler may still be writing its last picture
            shutil.rmtree(self._folder, ignore_errors=True)
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)  # takes along whatever the app has started
        os._exit(0)


def park() -> NoReturn:
    """Keep the main thread, as a launched app does; the lifeline ends the process."""
    while True:
        threading.Event().wait()
