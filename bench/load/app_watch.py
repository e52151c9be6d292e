"""Watches the deployed app from outside while a run goes on: CPU, memory, threads, and the files it leaves on disk."""

import os
import time
from pathlib import Path

import gevent
import psutil

from bench.ledger import LedgerWriter
from bench.load.target import Target

EVERY_S = 1.0
DISK_EVERY = 5
"""Every so many looks the files are counted: there is one per frame, and counting them is work too."""


def watch_app(target: Target, writer: LedgerWriter) -> gevent.Greenlet:
    """Write an `app` note every second until killed, or until the app is gone."""
    return gevent.spawn(_watch, psutil.Process(target.pid), target.files, writer)


def _watch(app: psutil.Process, files: Path, writer: LedgerWriter) -> None:
    looks = 0
    disk_bytes = 0
    while True:
        if looks % DISK_EVERY == 0:
            disk_bytes = gevent.get_hub().threadpool.apply(_size, (files,))
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
            return
        writer.note(note)
        gevent.sleep(EVERY_S)


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
