"""The ledger: the row types, compact blocks, and the append-only file where load and analysis meet.

A ledger is a folder with one `*.ledger` file per process. A file is a sequence of blocks, each written whole:

    magic "GBL1" · kind (u1) · 3 zero bytes · payload length (u4) · CRC-32 of the payload (u4) · payload

`meta` and `note` payloads are JSON; `frames`, `streams` and `viewers` payloads are rows of the dtypes below. A
process that is killed leaves at most a torn last block, which readers drop and report.

Times are seconds of CLOCK_MONOTONIC, shared by all processes of one machine. Each file's meta holds `wall_offset_s`
(wall clock − monotonic), so that files of several machines can be put on one axis, and `machine`, which says only
whose clock that was: two machines' instants can be apart by as much as their clocks. A time never reached is NaN.
"""

import hashlib
import io
import os
import struct
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from bench.errors import LedgerError, UsageError
from bench.tables import Table

Rows = NDArray[np.void]


class Fate(IntEnum):
    """What became of a frame: exactly one of these."""

    DELIVERED = 0
    SKIPPED = 1
    REJECTED = 2
    OVERWRITTEN = 3
    CUT_OFF = 4
    FAILED = 5
    IN_FLIGHT = 6
    UNATTRIBUTED = 7


class Outcome(IntEnum):
    """How a stream ended."""

    COMPLETED = 0  # the server ended it: time_limit, or an idle cut
    CLOSED = 1  # the viewer closed it, or left
    FAILED = 2  # the handler raised
    REJECTED = 3  # the join was answered with an error: no stream came of it
    BROKEN = 4  # the connection broke
    UNFINISHED = 5  # the run ended first


JOIN, CERTAIN, SHOWN = 1, 2, 4
"""Bits of a frame's `flags`: it rode in a join · its fate is known to be this frame's own · its picture was shown."""

FRAME = np.dtype(
    [
        ("endpoint", "u2"),  # index into meta["endpoints"]
        ("viewer", "u4"),
        ("stream", "i4"),  # ordinal among the viewer's streams, -1 outside any
        ("frame", "u4"),  # ordinal among the viewer's ticks: tick_s = start + frame * stream_every
        ("earliest", "u4"),  # bounded attribution: the result belongs to one of frames earliest..latest;
        ("latest", "u4"),  # both equal `frame` where attribution is exact
        ("fate", "u1"),
        ("flags", "u1"),
        ("status", "u2"),  # HTTP status of the POST (or join), 0 when none came
        ("bytes_sent", "u4"),  # body of the POST
        ("bytes_received", "u4"),  # body of the output file, or of the SSE message where there is no file
        ("tick_s", "f8"),  # when the frame was due
        ("sending_s", "f8"),  # when sending began
        ("sent_s", "f8"),  # when the last byte of the POST was written
        ("accepted_s", "f8"),  # when the POST's answer was here
        ("result_s", "f8"),  # when the SSE message with the result was here
        ("shown_s", "f8"),  # when the output file's bytes were here
        ("sound_s", "f4"),  # seconds of sound in a microphone's chunk, 0 for a picture
    ]
)

STREAM = np.dtype(
    [
        ("endpoint", "u2"),
        ("viewer", "u4"),
        ("stream", "i4"),
        ("outcome", "u1"),
        ("joined_s", "f8"),  # when the join POST was written
        ("open_s", "f8"),  # process_starts
        ("ended_s", "f8"),  # process_completed, or the loss of the connection
        ("eta_s", "f8"),  # Gradio's first rank_eta, NaN when it gave none
        ("rank", "i4"),  # place in the queue at the first estimation, -1 when none came
        ("queue_size", "i4"),
        ("results", "u4"),  # fresh results, read or not
        ("duplicated", "u4"),  # results that repeated a frame already delivered
        ("out_of_order", "u4"),  # results older than one before them
        ("cross_talk", "u4"),  # results that showed another viewer's frame
        ("state_errors", "u4"),  # another viewer's words in this one's transcript
        ("damaged", "u4"),  # stretches of a transcript that are no word
        ("lost_updates", "u4"),  # times a transcript went back to an older state
        ("event_id", "S32"),
    ]
)

VIEWER = np.dtype(
    [
        ("endpoint", "u2"),
        ("viewer", "u4"),
        ("started_s", "f8"),  # the camera's tick zero
        ("stopped_s", "f8"),  # NaN in the row written at the start; the row written at the end wins
    ]
)


class Kind(IntEnum):
    """What a block holds."""

    META = 0
    FRAMES = 1
    STREAMS = 2
    VIEWERS = 3
    NOTE = 4


DTYPES = {Kind.FRAMES: FRAME, Kind.STREAMS: STREAM, Kind.VIEWERS: VIEWER}
INSTANTS = {
    kind: [name for name in dtype.names or () if name.endswith("_s") and name not in {"eta_s", "sound_s"}]
    for kind, dtype in DTYPES.items()
}
"""Fields that are instants; the other fields of seconds are spans."""

_HEADER = struct.Struct("<4sBxxxII")
_MAGIC = b"GBL1"


def pack(kind: Kind, payload: bytes) -> bytes:
    """One block as bytes."""
    return _HEADER.pack(_MAGIC, kind, len(payload), zlib.crc32(payload)) + payload


def unpack(data: bytes) -> Iterator[tuple[Kind, bytes]]:
    """Yield each whole block of `data` in order; stop silently at the first torn or foreign one."""
    return _blocks(io.BytesIO(data))


def _blocks(file: BinaryIO) -> Iterator[tuple[Kind, bytes]]:
    while len(header := file.read(_HEADER.size)) == _HEADER.size:
        magic, kind, length, checksum = _HEADER.unpack(header)
        if magic != _MAGIC or kind > max(Kind):
            return
        payload = file.read(length)
        if len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield Kind(kind), payload


UNWRITABLE = 74
"""How the process that makes the load ends when its ledger cannot be written any more (EX_IOERR of sysexits.h)."""


def clock() -> str:
    """Tell this machine's clock from another's: a hash of its start, or of its hardware; no name can be read in it."""
    try:
        identity = Path("/proc/sys/kernel/random/boot_id").read_bytes()
    except OSError:  # not Linux
        identity = str(uuid.getnode()).encode()
    return hashlib.sha256(identity).hexdigest()[:8]


class LedgerWriter:
    """Collects rows and appends them as blocks; `flush` is called about once a second.

    Rows are tuples in the order of the dtype's fields. Each block is one write, so what the file has gained since an
    earlier look is whole blocks: a worker sends the master just that.
    """

    def __init__(self, folder: Path, name: str, meta: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.ledger"
        self.problem = ""
        """Why nothing can be written any more; what was written before is whole."""
        self._file = self.path.open("xb", buffering=0)
        self._whole = 0
        self._rows: dict[Kind, list[tuple[Any, ...]]] = {kind: [] for kind in DTYPES}
        offset = time.time() - time.monotonic()
        self._write(Kind.META, orjson.dumps({"wall_offset_s": offset, "machine": clock(), "process": name, **meta}))

    def frame(self, row: tuple[Any, ...]) -> None:
        """Add one FRAME row."""
        self._rows[Kind.FRAMES].append(row)

    def stream(self, row: tuple[Any, ...]) -> None:
        """Add one STREAM row."""
        self._rows[Kind.STREAMS].append(row)

    def viewer(self, row: tuple[Any, ...]) -> None:
        """Add one VIEWER row."""
        self._rows[Kind.VIEWERS].append(row)

    def note(self, what: dict[str, Any]) -> None:
        """Append one JSON note at once: an error, a sample of the generator's health, a fact about the run."""
        self._write(Kind.NOTE, orjson.dumps(what))

    def flush(self) -> None:
        """Write what has been collected, one block for each kind of row."""
        for kind, rows in self._rows.items():
            if rows:
                self._rows[kind] = []
                self._write(kind, np.array(rows, dtype=DTYPES[kind]).tobytes())

    def close(self) -> None:
        """Flush and close; closing twice is harmless."""
        if not self._file.closed:
            self.flush()
            with suppress(OSError):  # the last the disk has to say
                os.fsync(self._file.fileno())
            self._file.close()

    def _write(self, kind: Kind, payload: bytes) -> None:
        """Append a block whole or not at all: a full disk takes a part, and what came after that would be lost."""
        if self.problem:
            return
        block = memoryview(pack(kind, payload))
        try:
            while block:
                block = block[self._file.write(block) :]
        except OSError as error:
            self.problem = error.strerror or str(error)
            self._file.truncate(self._whole)
        else:
            self._whole = self._file.tell()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A whole ledger in memory: every process's rows on one time axis.

    `meta` is the first file's meta (all processes of a run share its settings), `metas` all of them, each with `rows`:
    how many of each kind its file held. Times are wall clock seconds. `torn` names the files whose end was incomplete.
    """

    meta: dict[str, Any]
    metas: list[dict[str, Any]]
    frames: Rows
    streams: Rows
    viewers: Rows
    notes: list[dict[str, Any]]
    torn: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read every `*.ledger` file in `folder`; each note gains the `process` whose file it came from.

        Raises LedgerError when there is none, none of them begins with a meta block, or its rows are of another shape.
        """
        paths = sorted(folder.glob("*.ledger"))
        tables = {kind: Table(dtype, sum(path.stat().st_size for path in paths)) for kind, dtype in DTYPES.items()}
        files = [_read_file(path, tables) for path in paths]
        metas = [{**file.meta, "rows": file.rows} for file in files if file.meta]
        if not metas:
            raise LedgerError(f"There is no ledger in {folder}.", "Name the `ledger` folder that a run wrote.")
        return cls(
            meta=metas[0],
            metas=metas,
            frames=tables[Kind.FRAMES].rows,
            streams=tables[Kind.STREAMS].rows,
            viewers=_latest_viewers(tables[Kind.VIEWERS].rows),
            notes=[note for file in files for note in file.notes],
            torn=[file.name for file in files if file.torn],
        )


@dataclass(slots=True)
class _File:
    """What one file holds besides its rows. `meta` is empty where the file ended before it."""

    name: str
    meta: dict[str, Any] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    torn: bool = False


def _read_file(path: Path, tables: dict[Kind, Table]) -> _File:
    """Read one file, its rows into `tables`; one that does not begin with a meta block gives none."""
    found = _File(path.stem)
    begin = {kind: table.count for kind, table in tables.items()}
    whole = 0
    with path.open("rb") as file:
        for kind, payload in _blocks(file):
            if kind not in tables:
                told = _json(payload)
                if told is None:
                    break
                if kind is Kind.META:
                    found.meta = told
                elif found.meta:
                    found.notes.append({"process": found.meta.get("process"), **told})
            if not found.meta:
                break
            if kind in tables:
                tables[kind].append(payload)
            whole += _HEADER.size + len(payload)
    found.name = found.meta.get("process", path.stem)
    found.torn = whole < path.stat().st_size
    offset_s = found.meta.get("wall_offset_s", 0.0)
    for kind, table in tables.items():
        table.shift(begin[kind], INSTANTS[kind], offset_s)
        found.rows[kind.name.lower()] = table.count - begin[kind]
    found.notes = [{**note, "at_s": note["at_s"] + offset_s} if "at_s" in note else note for note in found.notes]
    return found


def _json(payload: bytes) -> dict[str, Any] | None:
    """Read a block of JSON; None where it holds something else: what a block's kind says has no checksum."""
    try:
        told = orjson.loads(payload)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _latest_viewers(rows: Rows) -> Rows:
    """Keep the last row of each viewer: the one written at its end, where it came that far."""
    _, from_end = np.unique(rows["viewer"][::-1], return_index=True)
    return rows[np.sort(rows.size - 1 - from_end)]


def refuse_existing(folder: Path) -> None:
    """Make `folder` for a new run.

    Raises UsageError when it already holds a run or cannot be written.
    """
    if (folder / "ledger").exists() or (folder / "results.json").exists():
        raise UsageError(f"{folder} already holds a run.", "Name another folder with --out, or remove that one.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(f"Cannot write to {folder}: {error.strerror}.", "Name another folder with --out.") from None
