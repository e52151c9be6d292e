"""A process that is held up just before the end of its run."""

import json
from pathlib import Path

import numpy as np

from bench.ledger import Fate, Ledger
from tests.acceptance.conftest import ROOT, command

STALL_S = 1.5


def test_the_books_close_when_nothing_runs_before_the_end(tmp_path: Path) -> None:
    """Frames due meanwhile have a fate and were not sent; the figures are said to be unsound, the books are whole."""
    scenario = str(ROOT / "tests" / "acceptance" / "stalling.py")
    ran = command(
        *("locust", "-f", scenario, "--headless", "--only-summary", "-u", "2", "-r", "2", "-t", "4s"),
        *("--endpoint", "simple", "--concurrency-limit", "1", "--out", "out", "--exit-code-on-error", "0"),
        cwd=tmp_path,
        STALL_S=str(STALL_S),
    )
    assert ran.returncode == 0, ran.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    (endpoint,) = results["endpoints"]
    assert endpoint["books"] == {"closed": True, "unaccounted": 0}
    assert not results["generator"]["healthy"]

    frames = Ledger.read(tmp_path / "out" / "ledger").frames
    last = frames[frames["tick_s"] > frames["tick_s"].max() - STALL_S + 0.2]
    assert set(last["fate"]) == {Fate.IN_FLIGHT, Fate.SKIPPED}
    assert np.isnan(last["sending_s"]).all()
