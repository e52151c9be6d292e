"""The reference app as a user starts it: a process of its own, on a real socket."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from target_app.command_line import ENVIRONMENT_PREFIX


def start(*options: str, folder: Path) -> subprocess.Popen[str]:
    """Start `python -m target_app` with its files in `folder` and no settings from this process's environment."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
    return subprocess.Popen(
        [sys.executable, "-m", "target_app", *options],
        env=environ | {"GRADIO_TEMP_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """Serve the app on a free port: yields its URL, without the slash at the end, and stops it as Ctrl-C does."""
    with tempfile.TemporaryDirectory() as folder, start("--port", "0", *options, folder=Path(folder)) as app:
        try:
            assert app.stdout is not None
            line = app.stdout.readline()
            assert "http://" in line, f"the app did not start: {app.communicate()[1]}"
            yield line.split(" (")[0].split()[-1].rstrip("/")
        finally:
            app.send_signal(signal.SIGINT)
            app.communicate(timeout=30)


def calls(url: str) -> dict[str, int]:
    """Ask the app how often each page's handler was called."""
    return {name: int(count) for name, count in _totals(url, "calls").items()}


def heard(url: str) -> dict[str, float]:
    """Ask the app how many seconds of sound each page's handler was given."""
    return _totals(url, "heard")


def _totals(url: str, endpoint: str) -> dict[str, float]:
    answer = httpx.post(f"{url}/gradio_api/run/{endpoint}", json={"data": []})
    totals: dict[str, float] = answer.raise_for_status().json()["data"][0]
    return totals
