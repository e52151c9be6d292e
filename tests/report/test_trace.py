"""The trace of a run: well-formed by the rules of the format, and every stream and sent frame in it."""

import gzip
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from bench.ledger import Fate, Ledger
from bench.report.trace import write_trace
from tests.ledgers import Turns
from tests.report.hostile import hostile_run

Event = dict[str, Any]

_PLACE = {"pid": {"type": "integer"}, "tid": {"type": "integer"}, "name": {"type": "string", "minLength": 1}}
_TIMED = _PLACE | {"ts": {"type": "number"}, "cat": {"type": "string"}}


def _kind(phases: list[str], fields: dict[str, Any], *needed: str) -> dict[str, Any]:
    """Events of these phases, with the fields all of them have and those that they need."""
    required = ["ph", "pid", "tid", "name", *needed]
    return {"properties": {"ph": {"enum": phases}, **fields}, "required": required}


TRACE_EVENT_FORMAT: dict[str, Any] = {
    "type": "object",
    "required": ["traceEvents"],
    "properties": {
        "displayTimeUnit": {"enum": ["ms", "ns"]},
        "traceEvents": {
            "type": "array",
            "items": {
                "type": "object",
                "oneOf": [
                    _kind(["M"], _PLACE | {"args": {"type": "object", "minProperties": 1}}, "args"),
                    _kind(["X"], _TIMED | {"dur": {"type": "number", "minimum": 0}}, "ts", "dur"),
                    _kind(["b", "n", "e"], _TIMED | {"id": {"type": ["string", "integer"]}}, "ts", "cat", "id"),
                    _kind(["C"], _TIMED | {"args": {"additionalProperties": {"type": "number"}}}, "ts", "args"),
                    _kind(["i"], _TIMED | {"s": {"enum": ["g", "p", "t"]}}, "ts", "s"),
                ],
            },
        },
    },
}
"""What Google's "Trace Event Format" asks of the kinds of events that are written here, as a JSON Schema."""


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Give a run in which six viewers take turns on two slots."""
    return Turns(seconds=20.0).write(tmp_path_factory.mktemp("ledger")).ledger()


def _events(ledger: Ledger, folder: Path) -> list[Event]:
    data = gzip.decompress(write_trace(ledger, folder / "trace.json.gz").read_bytes())
    found: list[Event] = orjson.loads(data)["traceEvents"]
    return found


@pytest.mark.parametrize("run", ["turns", "hostile"])
def test_every_event_keeps_the_rules_of_the_format(run: str, turns: Ledger, tmp_path: Path) -> None:
    """Perfetto and chrome://tracing open what has these fields, of these types, for each kind of event."""
    ledger = turns if run == "turns" else hostile_run(tmp_path / "ledger")
    content = orjson.loads(gzip.decompress(write_trace(ledger, tmp_path / "trace.json.gz").read_bytes()))
    Draft202012Validator.check_schema(TRACE_EVENT_FORMAT)
    problems = [error.message for error in Draft202012Validator(TRACE_EVENT_FORMAT).iter_errors(content)]
    assert problems == []
    phases = {event["ph"] for event in content["traceEvents"]}
    assert phases >= ({"M", "X", "C", "b", "n", "e"} if run == "turns" else {"M", "i", "b"})


def test_the_rules_refuse_what_no_viewer_could_draw() -> None:
    """A slice without its length, an async event without an id, a count that is text, an unknown kind."""
    place = {"pid": 1, "tid": 1, "ts": 0.0, "name": "a"}
    wrong: list[Event] = [
        {"ph": "X", "cat": "stream", **place},
        {"ph": "b", "cat": "frame", **place},
        {"ph": "C", "args": {"open": "two"}, **place},
        {"ph": "?", **place},
    ]
    rules = Draft202012Validator(TRACE_EVENT_FORMAT)
    assert [rules.is_valid({"traceEvents": [event]}) for event in wrong] == [False] * 4


def test_each_viewer_has_a_track_of_its_waits_and_turns(turns: Ledger, tmp_path: Path) -> None:
    """A named thread per viewer, whose slices follow one another: no turn begins before its wait is over."""
    events = _events(turns, tmp_path)
    names = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    assert [names[viewer + 1] for viewer in range(6)] == [f"viewer {viewer}" for viewer in range(6)]
    slices = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            slices[event["tid"]].append(event)
    assert sum(map(len, slices.values())) == turns.streams.size + int((turns.streams["open_s"] > 0).sum())
    for own in slices.values():
        for earlier, later in pairwise(own):
            assert earlier["ts"] + earlier["dur"] <= later["ts"] + 0.2  # rounding to a tenth of a microsecond


def test_each_sent_frame_is_a_slice_with_its_parts_nested(turns: Ledger, tmp_path: Path) -> None:
    """Begins and ends pair up like brackets under each id, times never run backwards, parts lie within the whole."""
    by_id = defaultdict(list)
    for event in _events(turns, tmp_path):
        if event["ph"] in "bne" and event.get("cat") == "frame":
            by_id[event["pid"], event["id"]].append(event)
    assert len(by_id) == int((turns.frames["fate"] != Fate.SKIPPED).sum())
    for own in by_id.values():
        open_names: list[str] = []
        for event in own:
            if event["ph"] == "b":
                open_names.append(event["name"])
            elif event["ph"] == "e":
                assert open_names.pop() == event["name"]
            else:
                assert event["name"] == own[0]["args"]["fate"]
        assert not open_names
        assert [event["ts"] for event in own] == sorted(event["ts"] for event in own)
    whole = next(own for own in by_id.values() if own[0]["args"]["fate"] == "delivered" and not own[0]["args"]["join"])
    assert [event["name"] for event in whole if event["ph"] == "b"][1:] == ["late", "send", "serve", "fetch"]


def test_open_streams_never_pass_the_limit_and_end_at_zero_waiting(turns: Ledger, tmp_path: Path) -> None:
    """The counter follows the two slots: two open at most, and as many waiting as the slots leave."""
    counts = [event["args"] for event in _events(turns, tmp_path) if event["ph"] == "C"]
    assert max(count["open"] for count in counts) == 2
    assert min(min(count.values()) for count in counts) == 0
    assert max(count["waiting"] for count in counts) == 4


def test_errors_are_instants_without_control_codes(tmp_path: Path) -> None:
    """Each error is an instant on its endpoint's track, at its time."""
    errors = [event for event in _events(hostile_run(tmp_path / "ledger"), tmp_path) if event["ph"] == "i"]
    assert [(event["pid"], event["ts"]) for event in errors] == [
        (1, pytest.approx(500_000, abs=1)),
        (2, pytest.approx(600_000, abs=1)),
    ]
    assert "cleared" in errors[1]["name"]
    assert "\x1b" not in errors[1]["name"]
