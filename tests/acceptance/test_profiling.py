"""An app started with GRADIO_PROFILING=1 tells itself where its time goes, and the report tells it on."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, command

APP = str(ROOT / "tests" / "apps" / "slow_handler.py")
HANDLER_S = 0.25  # what the app sleeps


def test_the_apps_own_traces_split_latency_further(tmp_path: Path) -> None:
    """A handler of known length before a camera that is faster: its time, and what frames wait for it."""
    run = ("run", APP, "--endpoint", "slowly", "--viewers", "2", "--warmup", "0s", "--duration", "5s")
    done = command("gradio-bench", *run, "--resolution", "320x240", "--out", "out", cwd=tmp_path, GRADIO_PROFILING="1")
    assert done.returncode == 0, done.stderr
    (one,) = json.loads((tmp_path / "out" / "results.json").read_text())["endpoints"]
    found = one["profile"]
    assert found["streams"] == 2
    assert one["results"] <= found["calls"] <= one["results"] + 2  # a last call of each whose result nobody awaited
    assert found["handler_s"] == pytest.approx(HANDLER_S, rel=0.1)
    parts_s = sum(found[name] for name in ("waiting_s", "preprocess_s", "handler_s", "postprocess_s"))
    assert parts_s == pytest.approx(one["parts_s"]["serve"]["mean"], rel=1e-4)
    assert found["waiting_s"] > 0.01  # a camera of ten frames a second fills the mailbox while the handler sleeps
    assert one["call_s"] == pytest.approx(HANDLER_S, rel=0.2)
    assert "handler 25" in done.stdout
