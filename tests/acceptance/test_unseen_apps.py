"""Apps the harness never saw, run as a user would: `gradio-bench run app.py`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import ROOT, command

APPS = ROOT / "tests" / "apps"


def run(app: str, folder: Path, *options: str) -> dict[str, dict[str, Any]]:
    """Run the app for a few seconds; its endpoints by name, as results.json has them."""
    done = command(
        "gradio-bench",
        *("run", str(APPS / app), "--duration", "4s", "--warmup", "0s", "--out", "out", *options),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((folder / "out" / "results.json").read_text())
    assert results["errors"] == []
    return {one["api_name"]: one for one in results["endpoints"]}


@pytest.mark.parametrize("app", ["odd_layout.py", "two_cameras.py", "live_interface.py"])
def test_pictures_come_back_to_their_viewers(app: str, tmp_path: Path) -> None:
    """Odd layouts, another Blocks name, two cameras, a live Interface, an unguarded launch: all driven and read."""
    endpoints = run(app, tmp_path)
    assert {one["attribution"] for one in endpoints.values()} == {"exact"}
    served = [one for one in endpoints.values() if one["results"]]
    waiting = [one for one in endpoints.values() if not one["results"]]
    assert served
    assert all(one["frames"]["captured"] == one["frames"]["skipped"] + one["frames"]["in_flight"] for one in waiting)
    for one in served:
        frames = one["frames"]
        assert frames["delivered"] / (frames["captured"] - frames["skipped"]) > 0.5
        assert one["shown"] > 0
        assert one["integrity"]["cross_talk"] == 0
        assert one["latency_s"]["count"] > 0
    if app == "odd_layout.py":  # one of its handlers answers by updates, every fourth of which shows nothing new
        mirror = endpoints["mirror"]
        assert 0.6 < mirror["shown"] / mirror["frames"]["delivered"] < 0.95
        assert mirror["frames"]["unattributed"] == 0


def test_marks_are_found_in_whichever_output_has_them(tmp_path: Path) -> None:
    """A status beside a sound, and a plot beside a view: read where the marks are, the fetch of the file included."""
    endpoints = run("beside.py", tmp_path)
    assert {name: one["result"] for name, one in endpoints.items()} == {"view": "image", "sound": "audio"}
    for one in endpoints.values():
        assert one["attribution"] == "exact"
        assert one["frames"]["unattributed"] == 0
        assert one["frames"]["delivered"] > 1
        assert one["integrity"]["cross_talk"] == 0
        assert one["parts_s"]["fetch"]["mean"] > 0


def test_results_without_a_picture_are_bounded(tmp_path: Path) -> None:
    """A label or a text cannot carry the mark back: attribution is bounded and says so, and the books close."""
    endpoints = run("results.py", tmp_path)
    bounded = [one for one in endpoints.values() if one["attribution"] == "bounded"]
    assert bounded
    for one in bounded:
        assert one["frames"]["delivered"] > 0
        assert one["frames"]["unattributed"] == 0
        assert one["integrity"]["cross_talk"] is None
        assert one["shown"] is None
        assert one["staleness_s"] is None
        assert one["latency_lower_s"]["p50"] <= one["latency_s"]["p50"]


def test_settings_are_overridden_without_editing(tmp_path: Path) -> None:
    """The same app runs with another concurrency limit and time limit, and the results say which held."""
    options = ("--concurrency-limit", "2", "--time-limit", "3", "--viewers", "4")
    for one in run("odd_layout.py", tmp_path, *options).values():
        assert one["settings"]["concurrency_limit"] == 2
        assert one["settings"]["time_limit_s"] == 3
