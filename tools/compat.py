"""Drives one small app under several Gradio versions, each in an environment of its own, and prints what differs."""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path

import httpx
import numpy as np

from bench.errors import BenchError, TargetError, UsageError
from bench.ledger import Ledger, Outcome
from bench.metrics import Endpoint, Summary
from bench.queueing import rejoin_s, rotation_wait_s
from bench.run import RunSettings, run

ROOT = Path(__file__).parent.parent
APP = ROOT / "tests" / "apps" / "any_version.py"
ENVIRONMENTS = ROOT / ".compat"
VERSIONS = ("5.49.1", "6.0.0", "6.25.0", "current")
VIEWERS, SLOTS, LIMIT_S = 3, 2, 3.0
"""Viewers of each endpoint, and the app's settings."""

INSTALL_S, START_S = 600, 90
_PROBE = {"data": [None], "event_data": None, "fn_index": 0, "session_hash": "nobody"}


def interpreter(version: str) -> Path:
    """Return the Python of an environment that holds this Gradio; made where there is none yet.

    Raises UsageError, with pip's own last words, where the version cannot be installed.
    """
    if version in {"current", installed("gradio")}:
        return Path(sys.executable)
    folder = ENVIRONMENTS / version
    python, done = folder / "bin" / "python", folder / ".installed"
    if not done.exists():
        ENVIRONMENTS.mkdir(exist_ok=True)
        (ENVIRONMENTS / ".gitignore").write_text("*\n")
        _pip([sys.executable, "-m", "venv", "--clear", str(folder)], version)
        _pip(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"gradio=={version}"],
            version,
        )
        done.touch()
    return python


def _pip(command: list[str], version: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_S)  # noqa: S603  ours
    except subprocess.TimeoutExpired:
        raise UsageError(f"Gradio {version} was not installed within {INSTALL_S} s.", "Try again.") from None
    except subprocess.CalledProcessError as error:
        last = "\n".join((error.stderr or error.stdout).strip().splitlines()[-5:])
        raise UsageError(f"Gradio {version} cannot be installed here. pip said:", last) from None


@contextmanager
def serving(python: Path) -> Iterator[str]:
    """Serve the app with that interpreter for as long as the `with` block lasts; gives its address.

    Raises TargetError, with what the app printed, when it ends or does not answer in time.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="compat-") as folder:
        log = Path(folder) / "app.log"
        extra = {"PORT": str(port), "GRADIO_TEMP_DIR": folder, "GRADIO_ANALYTICS_ENABLED": "False"}
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | extra
        with log.open("wb") as output:
            app = subprocess.Popen([python, APP], env=environment, cwd=folder, stdout=output, stderr=output)  # noqa: S603  ours
        try:
            yield _answering(f"http://127.0.0.1:{port}", app, log)
        finally:
            app.terminate()
            try:
                app.wait(10)
            except subprocess.TimeoutExpired:
                app.kill()
                app.wait()


def _answering(url: str, app: "subprocess.Popen[bytes]", log: Path) -> str:
    give_up_s = time.monotonic() + START_S
    while app.poll() is None and time.monotonic() < give_up_s:
        try:
            if httpx.get(f"{url}/config").is_success:
                return url
        except httpx.TransportError:
            pass  # not listening yet
        time.sleep(0.2)
    last = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    raise TargetError("The app did not start. It printed last:", last)


@dataclass(frozen=True, slots=True)
class Found:
    """What one version did. `after_end` is the status of a frame sent to a stream that had ended."""

    version: str
    summary: Summary
    after_end: str
    calls: dict[str, int]
    results: dict[str, int]


def drive(version: str, seconds: float) -> Found:
    """Run the harness against the app under one version; raises BenchError where any part of that fails."""
    with serving(interpreter(version)) as url, tempfile.TemporaryDirectory(prefix="compat-") as folder:
        settings = RunSettings(
            target=url,
            url=True,
            viewers=3 * VIEWERS,
            duration_s=seconds,
            warmup_s=6,
            resolution="320x240",
            out=Path(folder),
        )
        summary = run(settings)
        ledger = Ledger.read(Path(folder) / "ledger")
        names = [one["api_name"] for one in ledger.meta["endpoints"]]
        streams = ledger.streams
        results = {
            name: int(streams["results"][streams["endpoint"] == index].sum()) for index, name in enumerate(names)
        }
        ended = streams[streams["outcome"] == Outcome.COMPLETED]
        after_end = "no stream ended" if not ended.size else _post(url, ended[0]["event_id"].decode())
        answer = httpx.post(f"{url}/gradio_api/run/calls", json={"data": []}).raise_for_status().json()
        return Found(
            summary.app.gradio_version or "unknown", summary, after_end, json.loads(answer["data"][0]), results
        )


def _post(url: str, event_id: str) -> str:
    return str(httpx.post(f"{url}/gradio_api/stream/{event_id}", json=_PROBE).status_code)


HEAD = (
    "| Gradio | endpoint | frames: captured, delivered | marks unread | books | latency | results come as |"
    " granted of 3 s | wait: mean, law | calls beyond results | POST after the end |"
)


def lines(found: Found) -> Iterator[str]:
    """Format a row of the table for each endpoint."""
    for one in found.summary.endpoints:
        turn, wait = one.rotation.granted_s, one.queue_wait_s
        cells = [
            found.version,
            f"{one.api_name} ({one.kind}, {one.attribution})",
            f"{one.frames.captured}, {one.frames.delivered}",
            f"{one.frames.unattributed}",
            "closed" if one.books.closed else f"{one.books.unaccounted} unaccounted for",
            f"{one.latency_s.p50 * 1000:.0f} ms" if one.latency_s else "none",
            "file" if one.parts_s.fetch else "inline data",
            f"{turn.mean:.2f} s, at most {turn.max:.2f} s" if turn else "none ended",
            f"{wait.mean:.2f} s, {_law(one):.2f} s" if wait else "none",
            f"{found.calls.get(one.api_name, 0) - found.results[one.api_name]}",
            found.after_end,
        ]
        yield f"| {' | '.join(cells)} |"


def _law(one: Endpoint) -> float:
    turn, send, serve = one.rotation.granted_s, one.parts_s.send, one.parts_s.serve
    if turn is None or send is None or serve is None or one.settings.stream_every_s is None:
        return np.nan
    return rotation_wait_s(VIEWERS, SLOTS, turn.mean, rejoin_s(one.settings.stream_every_s, send.p50 + serve.p50))


def main() -> None:
    """Drive every version asked for, and exit with 1 where one could not be."""
    parser = argparse.ArgumentParser(
        description="Drive one app under several Gradio versions; about a minute for each."
    )
    parser.add_argument("versions", nargs="*", default=VERSIONS, help=f"default: {' '.join(VERSIONS)}")
    parser.add_argument("--duration", type=float, default=24.0, help="seconds measured of each")
    given = parser.parse_args()
    sys.stdout.write(f"{HEAD}\n{'| --- ' * HEAD.count(' | ')}| --- |\n")
    failed = []
    for version in given.versions:
        try:
            for line in lines(drive(version, given.duration)):
                sys.stdout.write(f"{line}\n")
        except BenchError as error:
            failed.append(f"Gradio {version}: {error}\n")
        sys.stdout.flush()
    sys.stderr.writelines(failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
