"""The load's side of the ledger: a file of its own for each process, appended to."""

import hashlib
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bench.errors import UsageError
from bench.ledger.blocks import DTYPES, Kind, pack

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
