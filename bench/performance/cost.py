"""What a client costs: CPU per frame of its whole process tree, from the operating system's accounts."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from bench.ledger import Ledger
from bench.media.camera import Camera
from bench.performance.floor import Sizes


@dataclass(frozen=True, slots=True)
class Visit:
    """One run of the harness: CPU of the tree, frames captured, and what the run says of itself.

    `first_frame_s` counts from the shell's prompt, `rss_bytes` is the most of the process that makes the load.
    """

    cpu_s: float
    frames: int
    first_frame_s: float
    rss_bytes: int
    send_lag_p99_s: float
    books_closed: bool
    cores: float
    sizes: Sizes


def visit(url: str, viewers: int, seconds: float, out: Path) -> Visit:
    """Run `gradio-bench run` against `url` for `seconds` after a warm-up of one, and account for it."""
    options = ["--viewers", str(viewers), "--duration", f"{seconds}s", "--warmup", "1s", "--out", str(out)]
    began_s = time.time()
    cpu_s, _ = tree_cpu_s([sys.executable, "-m", "bench.cli", "run", url, *options])
    ledger, results = Ledger.read(out / "ledger"), orjson.loads((out / "results.json").read_bytes())
    (endpoint,), generator = results["endpoints"], results["generator"]
    rows = ledger.frames
    here = rows[rows["bytes_received"] > 0]
    return Visit(
        cpu_s=cpu_s,
        frames=int(rows.size),
        first_frame_s=float(np.nanmin(rows["sending_s"])) - began_s,
        rss_bytes=max(int(note["rss_bytes"]) for note in ledger.notes if note["note"] == "generator"),
        send_lag_p99_s=generator["send_lag_s"]["p99"],
        books_closed=endpoint["books"]["closed"],
        cores=generator["busiest_core"],
        sizes=Sizes(int(np.median(here["bytes_sent"])) + 300, 600, int(np.median(here["bytes_received"])) + 120),
    )


def peer_cost(command: list[str], url: str, viewers: int, seconds: float, folder: Path) -> tuple[float, int]:
    """Run the peer for `seconds`; returns CPU seconds and frames sent."""
    frame = folder / "frame.jpg"
    frame.write_bytes(Camera(640, 480, seed=1).jpeg(0, 0))
    cpu_s, said = tree_cpu_s([*command, url, str(viewers), str(seconds), str(frame)])
    return cpu_s, int(said)


def floor_cost(viewers: int, seconds: float, sizes: Sizes) -> float:
    """Replay the same bytes over raw sockets; returns CPU seconds a frame."""
    arguments = [str(viewers), str(seconds), str(sizes.sent), str(sizes.message), str(sizes.fetched)]
    _, said = tree_cpu_s([sys.executable, "-m", "bench.performance.floor"], " ".join(arguments))
    frames, used_s = said.split()
    return float(used_s) / int(frames)


def tree_cpu_s(command: list[str], given: str = "") -> tuple[float, str]:
    """Run a command on the line `given`; returns CPU seconds of it and of all it waited for, and what it printed.

    Raises RuntimeError when it fails.
    """
    with subprocess.Popen(  # noqa: S603 - our own commands, and the peer's as found
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(given + "\n")
        process.stdin.close()
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, said
