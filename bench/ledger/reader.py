"""The analysis' side of the ledger: every file of a folder, on one time axis."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson

from bench.errors import LedgerError
from bench.ledger.blocks import DTYPES, HEADER, INSTANTS, Kind, read_blocks
from bench.ledger.rows import Rows
from bench.tables import Table


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
        for kind, payload in read_blocks(file):
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
            whole += HEADER.size + len(payload)
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
