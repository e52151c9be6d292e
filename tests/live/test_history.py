"""The history of a run: a sample for each step, and lanes whose spans are those the viewers told."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from bench.live.counts import Now, add_up, silent
from bench.live.histogram import Histogram
from bench.live.history import History


def plain(
    delivered: int = 0, latencies: tuple[float, ...] = (), lanes: tuple[tuple[int, str, float], ...] = (), **more: Any
) -> dict[str, Any]:
    """Give what one process tells of the endpoint "simple"."""
    latency = Histogram()
    for value in latencies:
        latency.record(value)
    told = {
        "api_name": "simple",
        "fates": {"delivered": delivered},
        "waiting": 0,
        "open": 1,
        "errors": 0,
        "latency": latency.plain(),
        "wait": Histogram().plain(),
        "staleness_s": np.array([0.5, 3.0], np.float32).tobytes(),
    }
    listed = [(viewer, "simple", state, age_s) for viewer, state, age_s in lanes]
    return {"viewers": len(lanes), "lanes": listed, "endpoints": [told | more]}


def test_processes_add_up() -> None:
    """Frames, streams, latencies and screens of two processes are one endpoint's, against its limit."""
    now = add_up([plain(3, (0.1,)), plain(4, (0.2,))], {"simple": 2})
    (one,) = now.endpoints
    assert (one.fates, one.open, one.limit) == (Counter(delivered=7), 2, 2)
    assert one.latency.count == 2
    assert one.staleness_s == (0.5, 0.5, 3.0, 3.0)


def test_a_lost_process_leaves_its_frames() -> None:
    """Its viewers and streams are gone, its frames stay counted."""
    gone = add_up([silent(plain(3, (0.1,), ((0, "open", 1.0),)))])
    (one,) = gone.endpoints
    assert (gone.viewers, gone.lanes, one.open, one.staleness_s) == (0, (), 0, ())
    assert (one.captured, one.latency.count) == (3, 1)


def test_a_sample_tells_of_its_own_step() -> None:
    """Frames are a second's, latencies those of the frames that came since the sample before."""
    history = History()
    history.take(add_up([plain(10, (0.1,) * 9)]), 1.0)
    history.take(add_up([plain(30, (0.1,) * 9 + (1.0,) * 9)]), 3.0)
    first, second = (sample for (sample,) in history.samples)
    assert (first.fates[0], second.fates[0]) == (10.0, 10.0)
    assert first.latency_p50_s == pytest.approx(0.1, rel=0.02)
    assert second.latency_p50_s == pytest.approx(1.0, rel=0.02)
    assert (second.staleness_p50_s, second.staleness_max_s) == (3.0, 3.0)
    assert second.wait_p50_s is None


def test_only_what_is_new_is_told() -> None:
    """A page that has seen the first sample gets the second alone; time that stands still adds none."""
    history = History()
    history.take(add_up([plain(1)]), 1.0)
    seen = history.since(0)
    history.take(add_up([plain(2)]), 2.0)
    history.take(add_up([plain(3)]), 2.0)
    news = history.since(seen["last"])
    assert [sample["at_s"] for sample in news["samples"]] == [2.0]
    assert news["last"] == 2


def test_an_old_sample_makes_room() -> None:
    """A run of days does not fill the memory."""
    history = History(kept=3)
    for second in range(10):
        history.take(Now(), second + 1.0)
    assert len(history.samples) == 3


def _spans(history: History) -> list[tuple[str, Any, Any]]:
    spans = history.since(0)["spans"]
    return [(span["state"], pytest.approx(span["begin_s"]), pytest.approx(span["end_s"])) for span in spans]


def test_lanes_change_at_the_instants_told() -> None:
    """A wait ends where the turn began, between two samples, and both last as long as they did."""
    history = History()
    history.take(add_up([plain(lanes=((0, "waiting", 0.9),))]), 1.0)
    history.take(add_up([plain(lanes=((0, "waiting", 1.9),))]), 2.0)
    history.take(add_up([plain(lanes=((0, "open", 0.7),))]), 3.0)
    history.take(add_up([plain(lanes=((0, "open", 1.7),))]), 4.0)
    assert _spans(history) == [("waiting", 0.1, 2.3), ("open", 2.3, 4.0)]


def test_a_second_turn_is_another_span() -> None:
    """Two turns of one viewer are two, even where the wait between them fell between two samples."""
    history = History()
    history.take(add_up([plain(lanes=((0, "open", 1.0),))]), 1.0)
    history.take(add_up([plain(lanes=((0, "open", 0.2),))]), 2.0)
    assert [state for state, *_ in _spans(history)] == ["open", "open"]


def test_a_turn_that_froze_and_goes_on_keeps_its_order() -> None:
    """After a freeze the same turn is open again: its lane goes on, though the turn began before the freeze."""
    history = History()
    for at_s, state, age_s in ((1.0, "open", 0.5), (2.5, "frozen", 1.2), (3.0, "open", 2.5), (4.0, "open", 3.5)):
        history.take(add_up([plain(lanes=((0, state, age_s),))]), at_s)
    assert _spans(history) == [("open", 0.5, 1.3), ("frozen", 1.3, 2.5), ("open", 2.5, 4.0)]


def test_the_first_fifty_viewers_have_lanes() -> None:
    """Lanes are those of the lowest numbers over all processes."""
    many = [plain(lanes=tuple((viewer, "open", 1.0) for viewer in range(start, 120, 2))) for start in (1, 0)]
    assert [lane.viewer for lane in add_up(many).lanes] == list(range(50))
