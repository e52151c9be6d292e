"""Two endpoints of one concurrency_id on a real app: their viewers wait in one line, and the law knows it."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, command

pytestmark = pytest.mark.slow

APP = str(ROOT / "tests" / "apps" / "shared_slots.py")


def test_the_predicted_wait_is_that_of_all_who_share(tmp_path: Path) -> None:
    """Six viewers of two endpoints on two shared slots; a round takes 6 s, so nothing shorter than two can tell."""
    run = ("run", APP, "--endpoint", "up", "--endpoint", "over", "--viewers", "6", "--time-limit", "1.5")
    done = command("gradio-bench", *run, "--warmup", "6s", "--duration", "12s", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "results.json").read_text())["endpoints"]
    (group_use,) = {each["concurrency"]["group_use"] for each in found if each["viewers"]}
    assert group_use == pytest.approx(sum(each["concurrency"]["slot_use"] for each in found if each["viewers"]))
    assert group_use > 0.8  # four of six are always waiting
    for one in (each for each in found if each["viewers"]):
        assert one["settings"]["effective_limit"] == 2
        predicted_s, measured_s = one["rotation"]["predicted_wait_s"], one["queue_wait_s"]["mean"]
        assert predicted_s == pytest.approx(measured_s, rel=0.15)
        assert predicted_s > one["rotation"]["granted_s"]["mean"]  # alone, three viewers would wait less than a turn
