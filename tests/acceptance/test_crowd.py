"""Crowds: viewers of every page who come and go, and what becomes of the slots of those who vanish."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from bench.ledger import Fate, Ledger, Outcome
from bench.metrics.vanished import Vanished, vanished
from bench.metrics.window import Window
from tests.acceptance.conftest import ROOT, command

HERE = ROOT / "tests" / "acceptance"
TIME_LIMIT_S = 3.0


def crowd(locustfile: str, folder: Path, *arguments: str) -> Ledger:
    """Run a locustfile on the reference app, its streams limited to 3 s; its ledger."""
    done = command(
        "locust",
        *("-f", str(HERE / locustfile), "--headless", "--out", "out", "--time-limit", str(TIME_LIMIT_S)),
        *("--resolution", "320x240", "--stream-every", "0.2", *arguments),
        cwd=folder,
        PYTHONPATH=os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return Ledger.read(folder / "out" / "ledger")


def by_endpoint(ledger: Ledger) -> dict[str, Vanished]:
    """What became of the slots, where only one way of vanishing was seen."""
    names = [one["api_name"] for one in ledger.meta["endpoints"]]
    found = {name: vanished(ledger, number, Window.measured(ledger)) for number, name in enumerate(names)}
    return {name: ways[0] for name, ways in found.items() if ways}


def test_a_heartbeat_frees_the_slot_of_one_who_vanished(tmp_path: Path) -> None:
    """One slot a page, somebody waiting: a dead tab's heartbeat gives it away at once, silence only at time_limit."""
    ledger = crowd("vanishing.py", tmp_path, "-u", "6", "-r", "6", "-t", "9s", "--concurrency-limit", "1")
    found = by_endpoint(ledger)
    assert {name: one.count for name, one in found.items()} == {"simple": 1, "filters": 1, "objects": 1}
    crashed, asleep = found["simple"], found["objects"]
    assert (crashed.heartbeat, crashed.silently) == (True, False)
    assert (asleep.heartbeat, asleep.silently) == (True, True)
    assert found["filters"].heartbeat is False
    assert crashed.held_s is not None
    assert asleep.held_s is not None
    assert crashed.held_s.max < asleep.held_s.max / 2
    assert asleep.held_s.max == pytest.approx(TIME_LIMIT_S, rel=0.3)
    without = found["filters"].held_s
    assert without is not None, "somebody waited all the while, so it could be measured"
    assert without.max < 1.5 * TIME_LIMIT_S
    told = {
        one["api_name"]: one["vanished"]
        for one in json.loads((tmp_path / "out" / "results.json").read_text())["endpoints"]
    }
    assert told.pop("filters")[0]["held_s"]["max"] == pytest.approx(without.max, abs=1e-5)
    assert [told.pop(name)[0]["heartbeat"] for name in ("simple", "objects")] == [True, True]
    assert set(told.values()) == {None}


def test_a_crowd_that_comes_and_goes_leaves_whole_books(tmp_path: Path) -> None:
    """Cameras and microphones, polite viewers and vanished ones: every frame has one fate and nobody is blamed."""
    ledger = crowd("hasty.py", tmp_path, "Hasty", "-u", "8", "-r", "8", "-t", "12s", "--concurrency-limit", "2")
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["errors"] == []
    assert not [reason for reason in results["generator"]["reasons"] if "books" in reason]
    kinds = {one["kind"] for one in results["endpoints"] if one["frames"]["captured"]}
    assert kinds == {"camera", "microphone"}
    gone = [note for note in ledger.notes if note["note"] == "vanished"]
    assert {note["silently"] for note in gone} == {True, False}
    assert {note["heartbeat"] for note in gone} == {True, False}
    assert {Outcome.CLOSED, Outcome.COMPLETED} >= set(ledger.streams["outcome"]) - {Outcome.UNFINISHED}
    assert sorted(ledger.viewers["viewer"]) == list(range(ledger.viewers.size)), "a number for each who came"
    assert not np.isnan(ledger.viewers["stopped_s"]).any()
    assert np.isin(Fate.DELIVERED, ledger.frames["fate"])
