"""Server-sent events: whatever the cuts, the same events; whatever the bytes, no exception."""

import itertools
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bench.wire.events import (
    MAX_MESSAGE_BYTES,
    CloseStream,
    Completed,
    Estimation,
    Event,
    EventDecoder,
    Kept,
    Result,
    ServerError,
    Started,
)

CONVERSATION: list[dict[str, Any]] = [
    {"msg": "estimation", "event_id": "e", "rank": 2, "queue_size": 5, "rank_eta": None},
    {"msg": "heartbeat"},
    {"msg": "process_starts", "event_id": "e", "eta": None},
    {"msg": "process_streaming", "event_id": "e", "output": {"data": [{"url": "/x\n"}], "is_generating": True}},
    {"msg": "process_completed", "event_id": "e", "success": True, "output": {"data": [1], "is_generating": False}},
    {"msg": "close_stream"},
]


def wire(*messages: dict[str, Any]) -> bytes:
    """The bytes Gradio sends for these messages."""
    return b"".join(b"data: " + json.dumps(message).encode() + b"\n\n" for message in messages)


def decode(data: bytes, *cuts: int) -> list[Event]:
    """The events of `data`, fed in pieces cut at `cuts`."""
    decoder, events = EventDecoder(), []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(edges):
        events += decoder.feed(data[start:end])
    return events


def test_a_stream_reads_as_its_story() -> None:
    """A conversation becomes typed events, heartbeats left out, the last fresh result in the completion."""
    events = decode(wire(*CONVERSATION))
    assert [type(event) for event in events] == [Estimation, Started, Result, Completed, CloseStream]
    assert events[0] == Estimation("e", 2, 5, None)
    completed = events[3]
    assert isinstance(completed, Completed)
    assert completed.success
    assert completed.last is not None
    assert completed.last.data == [1]


@given(st.lists(st.integers(min_value=0, max_value=2000), max_size=30))
def test_cuts_change_nothing(cuts: list[int]) -> None:
    """Bytes may be split anywhere: the same events come out."""
    data = wire(*CONVERSATION)
    assert decode(data, *cuts) == decode(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes) -> None:
    """What is no message becomes Malformed or nothing, never an exception."""
    decode(data + b"\n\n" + b"data: " + data + b"\n\n")


@given(st.sampled_from(CONVERSATION), st.data())
def test_wrong_types_are_survived(message: dict[str, Any], data: st.DataObject) -> None:
    """A known message with a field missing or of the wrong type never raises."""
    broken = dict(message)
    key = data.draw(st.sampled_from(sorted(broken)))
    broken[key] = data.draw(st.sampled_from([None, 1, "x", [], {}, {"data": 1}]))
    decode(wire(broken))


def test_an_update_is_read_as_the_value_it_sets() -> None:
    """`gr.update(value=…)` stands for its value, `gr.skip()` for none at all; other dicts are values themselves."""
    data = [{"__type__": "update", "value": {"url": "/x"}}, {"__type__": "update", "visible": True}, {"value": 1}, None]
    for is_generating, name in ((True, "process_streaming"), (False, "process_completed")):
        output = {"data": data, "is_generating": is_generating}
        (event,) = decode(wire({"msg": name, "event_id": "e", "success": True, "output": output}))
        result = event.last if isinstance(event, Completed) else event
        assert isinstance(result, Result)
        assert result.data == [{"url": "/x"}, Kept.KEPT, {"value": 1}, None]


def test_a_repeated_result_is_no_result() -> None:
    """After a close or an idle cut the previous result is repeated with is_generating true: not counted again."""
    message = {"msg": "process_completed", "event_id": "e", "success": True}
    (event,) = decode(wire({**message, "output": {"data": [1], "is_generating": True}}))
    assert isinstance(event, Completed)
    assert event.last is None


def test_a_failure_says_what_the_handler_raised() -> None:
    """The error of a failed stream is the app's own words."""
    (event,) = decode(
        wire({"msg": "process_completed", "event_id": "e", "success": False, "output": {"error": "no camera"}})
    )
    assert isinstance(event, Completed)
    assert (event.success, event.error) == (False, "no camera")


def test_a_message_without_end_is_given_up() -> None:
    """Memory is bounded: a message that never ends becomes an error."""
    decoder = EventDecoder()
    assert decoder.feed(b"data: ") == []
    (event,) = decoder.feed(b"x" * (MAX_MESSAGE_BYTES + 1))
    assert isinstance(event, ServerError)
