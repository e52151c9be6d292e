"""One suite for the server of known truth and for real Gradio: the first speaks the protocol of the second."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bench.load.target import Overrides, Target, parse_target
from bench.truth.child import TruthServer
from bench.truth.script import HandlerTime, Script
from bench.wire.app import Endpoint, discover
from bench.wire.events import CloseStream, Completed, Estimation, EventDecoder, Result, Started
from tests.truth.tab import BROKEN, Tab

TIME_LIMIT_S = 3.0
HANDLER_S = 0.3


@dataclass(frozen=True)
class Served:
    """A server under test and its camera: one slot, a time limit, and a handler that takes its time."""

    url: str
    endpoint: Endpoint
    raising: Endpoint

    def tab(self, viewer: int = 1) -> Tab:
        """Open a tab on the camera."""
        return Tab(self.url, self.endpoint.fn_index, viewer)


def _truth() -> Iterator[Served]:
    handler = HandlerTime(HANDLER_S)
    camera = Script("simple", handler=handler, time_limit_s=TIME_LIMIT_S, concurrency_limit=1)
    raising = Script("raising", handler=handler, time_limit_s=TIME_LIMIT_S, raise_at=1)
    with TruthServer((camera, raising), size=(320, 240)) as server:
        endpoints = discover(server.url).endpoints
        yield Served(server.url, *endpoints)


def _gradio() -> Iterator[Served]:
    settings = Overrides(time_limit_s=TIME_LIMIT_S, concurrency_limit=1, stream_every_s=0.1)
    environment = {"GRADIO_BENCH_SLEEP": str(HANDLER_S)}
    with Target(parse_target(None), endpoints={"simple": settings}, environment=environment) as target:
        simple = next(one for one in discover(target.url).endpoints if one.api_name == "simple")
        yield Served(target.url, simple, simple)


@pytest.fixture(scope="module", params=[_truth, _gradio], ids=["truth", "gradio"])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Each server in turn."""
    yield from request.param()


def test_discovery_finds_the_same_endpoint(served: Served) -> None:
    """What gradio_client reads out of /config is a camera whose picture comes back marked."""
    found = served.endpoint
    assert (found.kind, found.result, found.attribution) == ("camera", "image", "exact")
    assert (found.media_index, found.marked_output, found.inputs[0].role) == (0, 0, "camera")
    assert (found.stream_every_s, found.time_limit_s) == (0.1, TIME_LIMIT_S)


def test_a_stream_is_told_in_order(served: Served) -> None:
    """A place in the queue, the start, results as they come, the end, and then the connection closes."""
    with served.tab() as tab:
        tab.join(0)
        tab.wait_for("process_streaming")
        assert tab.post(1) == 200
        tab.wait_for("process_streaming", 2)
        assert tab.close() == 200
        tab.wait_for("close_stream")
        assert tab.kinds() == [
            "estimation",
            "process_starts",
            "process_streaming",
            "process_streaming",
            "process_completed",
            "close_stream",
        ]
        assert tab.frames() == [0, 1]


def test_messages_have_the_fields_that_are_read(served: Served) -> None:
    """Every field the harness reads is there, and the harness's own decoder makes typed events of all of it."""
    with served.tab() as tab:
        tab.join(0)
        result = tab.wait_for("process_streaming")
        tab.close()
        tab.wait_for("close_stream")
        estimation, completed = tab.wait_for("estimation"), tab.wait_for("process_completed")
        own = [message for message in tab.messages if message["msg"] not in {"close_stream", "heartbeat"}]
        assert {message["event_id"] for message in own} == {tab.event_id}
        assert (estimation["rank"], estimation["queue_size"]) == (0, 1)
        assert "rank_eta" in estimation
        assert (result["success"], result["output"]["is_generating"]) == (True, True)
        assert 0 < result["time_limit"] < TIME_LIMIT_S
        assert set(result["output"]["data"][0]) >= {"path", "url", "orig_name", "mime_type", "is_stream", "meta"}
        assert completed["success"]
        events = EventDecoder().feed(tab.raw)
        assert [type(event) for event in events] == [Estimation, Started, Result, Completed, CloseStream]


def test_the_latest_frame_wins(served: Served) -> None:
    """Of frames that come while the handler works only the last is handled; each POST was answered 200."""
    with served.tab() as tab:
        tab.join(0)
        tab.wait_for("process_starts")
        assert [tab.post(frame) for frame in (1, 2, 3, 4)] == [200] * 4
        tab.wait_for("process_streaming", 2)
        assert tab.frames() == [0, 4]


def test_a_closed_stream_repeats_its_last_result(served: Served) -> None:
    """Closed while it waits for a frame, a stream completes with the result before, still marked as generating."""
    with served.tab() as tab:
        tab.join(7)
        tab.wait_for("process_streaming")
        tab.close()
        completed = tab.wait_for("process_completed")
        assert (completed["success"], completed["output"]["is_generating"]) == (True, True)
        mark = tab.shows(completed)
        assert mark is not None
        assert mark.frame == 7
        (last,) = [event for event in EventDecoder().feed(tab.raw) if isinstance(event, Completed)]
        assert last.last is None


def test_the_time_limit_ends_a_stream_with_a_fresh_result(served: Served) -> None:
    """Once the limit is over, waits for frames included, the last result rides in process_completed, then 404."""
    with served.tab() as tab:
        tab.join(0)
        frame = 0
        while not tab.all("process_completed"):
            frame += 1
            if tab.post(frame) == 404:
                tab.wait_for("process_completed")
            time.sleep(0.1)
        completed = tab.wait_for("process_completed")
        assert (completed["success"], completed["output"]["is_generating"]) == (True, False)
        mark = tab.shows(completed)
        assert mark is not None
        assert mark.frame > tab.frames()[-1]
        granted_s = tab.instant("process_completed") - tab.instant("process_starts")
        assert granted_s + 0.05 > TIME_LIMIT_S
        assert granted_s < 4 * TIME_LIMIT_S  # it would be 30 s or more did the limit not count the waits for frames
        _wait_until_gone(tab)


def _wait_until_gone(tab: Tab) -> None:
    """An ended stream answers 404, once the server has forgotten it."""
    deadline_s = time.monotonic() + 10
    while tab.post(99) != 404:
        assert time.monotonic() < deadline_s
    assert tab.close() == 404
    tab.event_id = ""


def test_waiting_viewers_are_told_their_places(served: Served) -> None:
    """Places count from 0, move up as the first one is let in, and come with an ETA once a stream has been served."""
    with served.tab(1) as first:
        first.join()
        first.wait_for("process_streaming")
        with served.tab(2) as second, served.tab(3) as third:
            second.join()
            third.join()
            assert second.wait_for("estimation")["rank"] == 0
            assert third.wait_for("estimation")["rank"] == 1
            assert third.wait_for("estimation")["queue_size"] == 2
            assert third.wait_for("estimation")["rank_eta"] > 0
            assert not second.all("process_starts")
            first.close()
            second.wait_for("process_starts")
            assert third.wait_for("estimation", 2)["rank"] == 0
            second.close()
            third.wait_for("process_starts")


def test_a_lost_heartbeat_frees_the_slot(served: Served) -> None:
    """A tab that vanishes is noticed by its heartbeat: the next viewer is let in long before the time limit."""
    with served.tab(1) as gone, served.tab(2) as waiting:
        assert gone.beat().startswith(b"data: ALIVE")
        gone.join()
        gone.wait_for("process_streaming")
        waiting.join()
        waiting.wait_for("estimation")
        lost_s = time.monotonic()
        gone.hang_up()
        waiting.wait_for("process_starts")
        assert waiting.instant("process_starts") - lost_s < TIME_LIMIT_S / 2
        assert gone.wait_for("process_completed")["success"]


def test_an_error_ends_the_stream(served: Served) -> None:
    """A handler that raises completes its stream without success and without a result."""
    with Tab(served.url, served.raising.fn_index) as tab:
        tab.join(0)
        tab.wait_for("process_streaming")
        tab.post(1, BROKEN)
        completed = tab.wait_for("process_completed")
        assert not completed["success"]
        assert "error" in completed["output"]
        tab.wait_for("close_stream")
        _wait_until_gone(tab)


def test_an_upload_is_answered_with_its_path(served: Served) -> None:
    """A chunk of sound is put away, and the answer is a list of the one path it is named by."""
    with served.tab() as tab:
        (path,) = tab.upload(b"RIFF....WAVE")
        assert path.endswith("audio.wav")
