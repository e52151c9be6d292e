"""Server-sent events, sans-I/O: bytes in, typed events out.

Message kinds and fields are those of Gradio's `server_messages.py` (protocol `sse_v3`).
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import isfinite
from typing import Any

import orjson

MAX_MESSAGE_BYTES = 64 * 2**20
"""A message that grows beyond this is given up: no picture is that large, and memory is bounded."""


MOST_WAITING = 2**31 - 1
"""The ledger keeps places in four bytes."""


@dataclass(frozen=True, slots=True)
class Estimation:
    """The stream waits: place in the queue, its size, and Gradio's guess of the wait in seconds (or None)."""

    event_id: str
    rank: int
    queue_size: int
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class Started:
    """The stream is open: frames may be sent."""

    event_id: str


class Kept(Enum):
    """Stands for an output that a result leaves as it was: `gr.skip()`, or a `gr.update` that has no value."""

    KEPT = auto()


@dataclass(frozen=True, slots=True)
class Result:
    """The handler's answer to one frame: one value for each output, `Kept.KEPT` where it stays as it was."""

    event_id: str
    data: list[Any]
    size: int


@dataclass(frozen=True, slots=True)
class Completed:
    """The stream ended. `last` is a fresh result that rode along, `error` what the handler raised."""

    event_id: str
    success: bool
    last: Result | None
    error: str


@dataclass(frozen=True, slots=True)
class CloseStream:
    """The server has no more to say on this connection."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """The server gave up on the whole connection, or its message has no end."""

    text: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A message that is not the protocol. A browser's script stumbles over it, and reads on."""

    text: str


Event = Estimation | Started | Result | Completed | CloseStream | ServerError | Malformed


class EventDecoder:
    """Cuts a byte stream into events; bytes may be split anywhere.

    Heartbeats, progress and log messages are no events. A message that is not the protocol becomes Malformed, never an
    exception.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> list[Event]:
        """Take the bytes that arrived and return the events they completed."""
        self._buffer += data
        events = []
        while (end := self._buffer.find(b"\n\n", self._searched)) >= 0:
            message = bytes(self._buffer[:end])
            del self._buffer[: end + 2]
            self._searched = 0
            if (event := _parse(message)) is not None:
                events.append(event)
        self._searched = max(0, len(self._buffer) - 1)
        if len(self._buffer) > MAX_MESSAGE_BYTES:
            self._buffer.clear()
            self._searched = 0
            events.append(ServerError(f"a message grew beyond {MAX_MESSAGE_BYTES >> 20} MB"))
        return events


def _parse(message: bytes) -> Event | None:
    message = message.strip(b"\r\n")
    if not message.startswith(b"data:"):
        return None  # a comment or another SSE field
    try:
        content = orjson.loads(message[5:])
        return _PARSERS[content["msg"]](content, len(message)) if content["msg"] in _PARSERS else None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        return Malformed(f"malformed message ({type(error).__name__}): {message[:120]!r}")


def _estimation(content: dict[str, Any], _size: int) -> Event:
    eta = content.get("rank_eta")
    return Estimation(
        _event_id(content),
        _place(content.get("rank")),
        _place(content.get("queue_size")),
        None if eta is None or not isfinite(eta) else float(eta),
    )


def _started(content: dict[str, Any], _size: int) -> Event:
    return Started(_event_id(content))


def _result(content: dict[str, Any], size: int) -> Event | None:
    output = content["output"]
    if content.get("success") is False:
        return None  # the end of the stream, which follows, says what went wrong
    if not isinstance(output["data"], list):
        raise TypeError("results that are no list")
    return Result(_event_id(content), _values(output["data"]), size)


def _values(data: list[Any]) -> list[Any]:
    """Read each output's value, also out of an update of its component's properties, as a browser does."""
    return [_value(one) for one in data]


def _value(value: Any) -> Any:
    if isinstance(value, dict) and value.get("__type__") == "update":
        return value.get("value", Kept.KEPT)
    return value


def _completed(content: dict[str, Any], size: int) -> Event:
    """Read the end of a stream.

    At `time_limit` the last fresh result rides along with `is_generating` false; after a close or an idle cut the
    previous result is repeated with `is_generating` true. Only the first is a result.
    """
    output = content.get("output") or {}
    success = bool(content.get("success"))
    data = output.get("data")
    fresh = success and output.get("is_generating") is False
    last = Result(_event_id(content), _values(data), size) if fresh and isinstance(data, list) else None
    error = "" if success else str(output.get("error") or content.get("title") or "the handler raised an error")
    return Completed(_event_id(content), success, last, error)


def _event_id(content: dict[str, Any]) -> str:
    event_id = content["event_id"]
    if not isinstance(event_id, str):
        raise TypeError("an event_id that is no text")
    return event_id


def _place(value: Any) -> int:
    """Read a place in the queue, or its length; raises ValueError for what no queue can hold."""
    place = int(value or 0)
    if not 0 <= place <= MOST_WAITING:
        raise ValueError("a place that no queue has")
    return place


def _close_stream(_content: dict[str, Any], _size: int) -> Event:
    return CloseStream()


def _server_error(content: dict[str, Any], _size: int) -> Event:
    return ServerError(str(content.get("message") or content["msg"]))


_PARSERS = {
    "estimation": _estimation,
    "process_starts": _started,
    "process_streaming": _result,
    "process_generating": _result,
    "process_completed": _completed,
    "close_stream": _close_stream,
    "server_stopped": _server_error,
    "unexpected_error": _server_error,
    "queue_full": _server_error,
}
