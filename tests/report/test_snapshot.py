"""A snapshot of a run that goes on: whole, and known for what it is."""

import subprocess
import sys
from pathlib import Path

import orjson

from bench.ledger import Ledger
from bench.metrics import summarise
from bench.report.snapshot import take_snapshot
from tests.ledgers import LedgerBuilder, steady


def _under_way(folder: Path) -> LedgerBuilder:
    """Write a run whose second frame is still on its way."""
    builder = LedgerBuilder(folder)
    builder.note("started", 0.0)
    builder.viewer(1, 0.0)
    builder.frame(1, 0, 0.0)
    builder.frame(1, 2, 0.2)
    builder.writer.flush()
    return builder


def test_half_a_block_is_left_out_and_no_process_is_said_to_have_died(tmp_path: Path) -> None:
    """What is being written is no torn end: the one reason against the figures is that the run goes on."""
    builder = _under_way(tmp_path / "ledger")
    with builder.writer.path.open("ab") as file:
        file.write(b"GBL1half a block")
    take_snapshot(tmp_path / "ledger", tmp_path / "copy")
    ledger = Ledger.read(tmp_path / "copy")
    assert ledger.frames.size == 2
    assert not ledger.torn
    (reason,) = summarise(ledger).generator.reasons
    assert "still going on" in reason


def test_a_run_that_is_over_is_copied_as_it_is(tmp_path: Path) -> None:
    """Its summary is that of the run itself."""
    whole = summarise(steady(tmp_path / "ledger").ledger())
    take_snapshot(tmp_path / "ledger", tmp_path / "copy")
    assert summarise(Ledger.read(tmp_path / "copy")) == whole


def test_the_module_writes_what_is_asked_for(tmp_path: Path) -> None:
    """A process of its own makes results.json and the export, and says in a sentence what is wrong."""
    _under_way(tmp_path / "ledger")
    command = [sys.executable, "-m", "bench.report", str(tmp_path / "ledger"), str(tmp_path / "out"), "markdown"]
    assert subprocess.run(command, check=False, timeout=120).returncode == 0
    results = orjson.loads((tmp_path / "out" / "results.json").read_bytes())
    assert results["endpoints"][0]["frames"]["delivered"] == 1  # the last tick on record ends the window
    assert (tmp_path / "out" / "summary.md").exists()
    command[-2:] = [str(tmp_path / "other"), "excel"]
    failed = subprocess.run(command, check=False, timeout=120, capture_output=True, text=True)
    assert failed.returncode == 1
    assert failed.stderr.startswith("'excel' is not a format.")
