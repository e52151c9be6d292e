"""A load process ends with the one that started it, whatever its event loop is doing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.acceptance.conftest import ROOT

PROGRAM = """
import os, signal, sys, time
from bench.load import parent
parent.LOOK_EVERY_S, parent.GRACE_S = 0.05, 0.5
{prepare}
parent.watch_parent()
print(os.getpid(), flush=True)
while True:  # a loop that never comes back to its hub
    pass
"""
POLITELY = "signal.signal(signal.SIGTERM, lambda *_: (open('asked', 'w').close(), os._exit(0)))"
DEAF = "signal.signal(signal.SIGTERM, lambda *_: open('asked', 'w').close())"


@pytest.mark.parametrize("prepare", [POLITELY, DEAF], ids=["closes its books", "hangs"])
def test_a_busy_process_does_not_outlive_its_parent(prepare: str, tmp_path: Path) -> None:
    """Once its parent is killed it is asked to end, as Locust is by SIGTERM; and ended where it does not."""
    shell = subprocess.Popen(
        ["sh", "-c", 'GRADIO_BENCH_PARENT=$$ "$0" -c "$1" & wait', sys.executable, PROGRAM.format(prepare=prepare)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert shell.stdout is not None
    busy = psutil.Process(int(shell.stdout.readline()))
    try:
        assert busy.is_running()
        shell.send_signal(signal.SIGKILL)
        shell.wait(10)
        assert psutil.wait_procs([busy], timeout=20)[1] == []
        assert (tmp_path / "asked").exists()
    finally:
        shell.stdout.close()
        if busy.is_running():
            busy.kill()
