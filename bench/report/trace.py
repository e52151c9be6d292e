"""A Chrome trace of a run, for Perfetto (ui.perfetto.dev) or chrome://tracing: who waited when, and each frame's way.

The format is the JSON of "Trace Event Format" (Google), gzipped, which both open as it is. A process stands for an
endpoint, a thread for a viewer with its waits and open streams; frames are nestable async slices beside it, each with
its parts; errors are instants; how many streams are open and wait is a counter. Times are microseconds from the run's
begin. A frame that was never sent (skipped) has no slice: the wait it was due in stands for it.
"""

import gzip
from collections.abc import Iterator
from math import isnan
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bench.ledger import INSTANTS, JOIN, SHOWN, Fate, Kind, Ledger, Outcome, Rows
from bench.plain import plain

Event = dict[str, Any]
Record = dict[str, Any]
"""A row by the names of its fields, its instants in microseconds from the run's begin."""

FILE = "trace.json.gz"

_PARTS = (  # a part's name, where it begins, where it ends
    ("late", "tick_s", "sending_s"),
    ("send", "sending_s", "sent_s"),
    ("serve", "sent_s", "result_s"),
    ("fetch", "result_s", "shown_s"),
)
_STAGES = ("tick_s", "sending_s", "sent_s", "accepted_s", "result_s", "shown_s")
_AT_ONCE = 50_000  # rows that are records at a time
_ERRORS = 0  # the thread of an endpoint's errors; viewers come after it


def write_trace(ledger: Ledger, path: Path) -> Path:
    """Write the trace, event by event: it takes no memory to speak of beside the ledger's own."""
    with gzip.open(path, "wb", compresslevel=3) as file:
        file.write(b'{"displayTimeUnit":"ms","traceEvents":[\n')
        for number, event in enumerate(events(ledger)):
            file.write((b",\n" if number else b"") + orjson.dumps(event))
        file.write(b"\n]}\n")
    return path


def events(ledger: Ledger) -> Iterator[Event]:
    """Yield every event, names first."""
    zero_s = _begin_s(ledger)
    end_us = (_end_s(ledger, zero_s) - zero_s) * 1e6
    yield from _names(ledger)
    streams = list(_records(ledger.streams, Kind.STREAMS, zero_s))
    for record in streams:
        yield from _stream(record, end_us)
    for endpoint in range(len(ledger.meta.get("endpoints", []))):
        yield from _counts([record for record in streams if record["endpoint"] == endpoint], endpoint)
    for record in _records(ledger.frames[ledger.frames["fate"] != Fate.SKIPPED], Kind.FRAMES, zero_s):
        yield from _frame(record)
    yield from _errors(ledger, zero_s)


def _records(rows: Rows, kind: Kind, zero_s: float) -> Iterator[Record]:
    names = rows.dtype.names or ()
    for begin in range(0, rows.size, _AT_ONCE):
        part = rows[begin : begin + _AT_ONCE].copy()
        for name in INSTANTS[kind]:
            part[name] = np.round((part[name] - zero_s) * 1e6, 1)
        yield from (dict(zip(names, values, strict=True)) for values in part.tolist())


def _begin_s(ledger: Ledger) -> float:
    begun = [note["at_s"] for note in ledger.notes if note["note"] == "started"]
    columns = (np.array(begun), ledger.viewers["started_s"], ledger.streams["joined_s"], ledger.frames["tick_s"])
    first = np.fmin.reduce(np.concatenate(columns), initial=np.inf)
    return float(first) if np.isfinite(first) else 0.0


def _end_s(ledger: Ledger, zero_s: float) -> float:
    """Find the last instant on record: what never ended is drawn up to there."""
    streams, frames = ledger.streams, ledger.frames
    columns = (streams["ended_s"], streams["open_s"], frames["tick_s"], ledger.viewers["stopped_s"])
    return float(np.fmax.reduce(np.concatenate(columns), initial=zero_s))


# Names --------------------------------------------------------------------------------------------------------


def _names(ledger: Ledger) -> Iterator[Event]:
    for number, endpoint in enumerate(ledger.meta.get("endpoints", [])):
        yield _meta("process_name", number, _ERRORS, name=plain(str(endpoint["api_name"])))
        yield _meta("process_sort_index", number, _ERRORS, sort_index=number)
        yield _meta("thread_name", number, _ERRORS, name="errors")
        yield _meta("thread_sort_index", number, _ERRORS, sort_index=-1)
    seen = np.unique(np.concatenate([_owners(rows) for rows in (ledger.viewers, ledger.streams, ledger.frames)]))
    for endpoint, viewer in ((int(owner) >> 32, int(owner) & 0xFFFFFFFF) for owner in seen):
        yield _meta("thread_name", endpoint, viewer + 1, name=f"viewer {viewer}")
        yield _meta("thread_sort_index", endpoint, viewer + 1, sort_index=viewer)


def _owners(rows: Rows) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    return np.unique((rows["endpoint"].astype(np.int64) << 32) | rows["viewer"])


def _meta(what: str, endpoint: int, thread: int, **arguments: Any) -> Event:
    return {"ph": "M", "name": what, "pid": endpoint + 1, "tid": thread, "args": arguments}


def _place(record: Record) -> Event:
    """Say whose event it is: the endpoint's process, the viewer's thread."""
    return {"pid": record["endpoint"] + 1, "tid": record["viewer"] + 1}


# A viewer's streams -------------------------------------------------------------------------------------------


def _stream(record: Record, run_end_us: float) -> Iterator[Event]:
    joined_us, open_us, ended_us = record["joined_s"], record["open_s"], record["ended_s"]
    until_us = run_end_us if isnan(ended_us) else ended_us
    told = {
        "stream": record["stream"],
        "outcome": Outcome(record["outcome"]).name.lower(),
        "event_id": record["event_id"].decode("ascii", "replace"),
    }
    if not isnan(joined_us):
        wait = {"rank": record["rank"], "queue_size": record["queue_size"], **told}
        if not isnan(record["eta_s"]):
            wait["eta_s"] = record["eta_s"]
        yield _slice("waiting", joined_us, until_us if isnan(open_us) else open_us) | _place(record) | {"args": wait}
    if not isnan(open_us):
        turn = {"results": record["results"], **told}
        yield _slice("open", open_us, until_us) | _place(record) | {"args": turn}


def _slice(name: str, begin_us: float, end_us: float) -> Event:
    duration_us = max(0.0, round(end_us - begin_us, 1))
    return {"ph": "X", "cat": "stream", "name": name, "ts": begin_us, "dur": duration_us}


def _counts(streams: list[Record], endpoint: int) -> Iterator[Event]:
    """Count the open and the waiting streams at every change; of one instant, what ends comes first."""
    changes: list[tuple[float, int, int]] = []
    for record in streams:
        joined_us, open_us, ended_us = record["joined_s"], record["open_s"], record["ended_s"]
        if isnan(open_us):
            changes += [(joined_us, 1, 0), (ended_us, -1, 0)]
        else:
            changes += [(joined_us, 1, 0), (open_us, -1, 1), (ended_us, 0, -1)]
    waiting = active = 0
    for at_us, waits, opens in sorted((one for one in changes if not isnan(one[0])), key=itemgetter(0, 2, 1)):
        waiting, active = waiting + waits, active + opens
        values = {"open": active, "waiting": waiting}
        yield {"ph": "C", "name": "streams", "pid": endpoint + 1, "tid": _ERRORS, "ts": at_us, "args": values}


# Frames -------------------------------------------------------------------------------------------------------


def _frame(record: Record) -> Iterator[Event]:
    """A frame from its tick to the last instant it reached, its parts nested in it, then a mark with its fate."""
    whole, fate = f"frames of viewer {record['viewer']}", Fate(record["fate"]).name.lower()
    begin_us = record["tick_s"]
    end_us = max(record[stage] for stage in _STAGES if not isnan(record[stage]))
    yield _async("b", record, whole, begin_us) | {"args": _told(record, fate)}
    for name, begin, end in _PARTS:
        if record[begin] < record[end]:
            yield _async("b", record, name, record[begin])
            yield _async("e", record, name, record[end])
    yield _async("n", record, fate, end_us)
    yield _async("e", record, whole, end_us)


def _told(record: Record, fate: str) -> dict[str, Any]:
    told = {name: record[name] for name in ("frame", "stream", "status", "bytes_sent", "bytes_received")}
    told |= {"fate": fate, "join": bool(record["flags"] & JOIN), "shown": bool(record["flags"] & SHOWN)}
    if record["earliest"] != record["latest"]:
        told |= {"earliest": record["earliest"], "latest": record["latest"]}
    return told


def _async(phase: str, record: Record, name: str, at_us: float) -> Event:
    identity = f"{record['viewer']}.{record['frame']}"
    return {"ph": phase, "cat": "frame", "name": name, "id": identity, "ts": at_us} | _place(record)


# Errors -------------------------------------------------------------------------------------------------------


def _errors(ledger: Ledger, zero_s: float) -> Iterator[Event]:
    """An instant on the errors' thread of the endpoint; one that belongs to none spans the whole trace."""
    numbers = {endpoint["api_name"]: number for number, endpoint in enumerate(ledger.meta.get("endpoints", []))}
    for note in ledger.notes:
        if note["note"] != "error" or "at_s" not in note:
            continue
        endpoint = numbers.get(note.get("endpoint"))
        yield {
            "ph": "i",
            "cat": "error",
            "name": plain(f"{note.get('where')}: {note.get('what')}")[:200],
            "pid": 1 if endpoint is None else endpoint + 1,
            "tid": _ERRORS,
            "s": "g" if endpoint is None else "t",
            "ts": round((note["at_s"] - zero_s) * 1e6, 1),
        }
