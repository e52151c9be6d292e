"""Watches the deployed app from outside while a run goes on: CPU, memory, threads, and the files it leaves on disk."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import gevent
import psutil

from bench.ledger import LedgerWriter
from bench.load.target import Target

EVERY_S = 1.0
DISK_EVERY = 5
"""Every so many looks the files are counted: there is one per frame, and counting them is work too."""


def watch_app(target: Target, writer: LedgerWriter, died: Callable[[], None]) -> gevent.Greenlet:
    """Write an `app` note every second until killed; when the app has died, note that and call `died`."""
    return gevent.spawn(_watch, target, writer, died)


def _watch(target: Target, writer: LedgerWriter, died: Callable[[], None]) -> None:
    app, files = psutil.Process(target.pid), target.files
    looks = 0
    while target.alive():
        counting = looks % DISK_EVERY == 0
        disk_bytes = gevent.get_hub().threadpool.apply(_size, (files,)) if counting else None
        looks += 1
        try:
            with app.oneshot():
                times = app.cpu_times()
                note = {
                    "note": "app",
                    "at_s": time.monotonic(),
                    "cpu_s": times.user + times.system,
                    "rss_bytes": app.memory_info().rss,
                    "threads": app.num_threads(),
                    "disk_bytes": disk_bytes,
                }
        except psutil.NoSuchProcess:
            break
        writer.note(note)
        gevent.sleep(EVERY_S)
    what = "the app's process died. It printed last: " + (target.log_tail(5) or "nothing")
    writer.note({"note": "error", "at_s": time.monotonic(), "where": "app", "what": what[:500], "endpoint": None})
    died()


def _size(folder: Path) -> int:
    """Bytes of all files below `folder`; one that goes while being looked at counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size  # noqa: PTH116, PTH118 - thousands of them
            except FileNotFoundError:
                continue
    return total
