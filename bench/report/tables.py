"""CSV and Parquet: every frame and every stream as a row, for tools of other people's."""

import csv
from collections.abc import Iterable, Iterator
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from bench.extras import extra
from bench.ledger import CERTAIN, INSTANTS, JOIN, SHOWN, STREAM, Fate, Kind, Ledger, Outcome, Rows
from bench.metrics.integrity import unknown
from bench.report.escape import cell

Columns = dict[str, NDArray[Any]]
"""Columns of equal length by name. Text is an object array; an instant is in seconds of the wall clock (UTC).

A count that says nothing (cross-talk where no mark comes back) is masked.
"""

_AT_ONCE = 200_000  # rows: what is in memory at a time, besides the ledger
_FLAGS = {"join": JOIN, "certain": CERTAIN, "shown": SHOWN}
_CODES: dict[str, type[Fate | Outcome]] = {"fate": Fate, "outcome": Outcome}
_DIGITS = 6  # of a second: a wall clock in a double is no finer


def write_csv(ledger: Ledger, out_dir: Path) -> list[Path]:
    """Write `frames.csv` and `streams.csv`: UTF-8, one row a line, what was never reached is empty.

    Text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    return [_write_csv(ledger, rows, out_dir / f"{name}.csv") for name, rows in _tables(ledger)]


def write_parquet(ledger: Ledger, out_dir: Path) -> list[Path]:
    """Write `frames.parquet` and `streams.parquet`: what was never reached is null.

    The file's metadata holds the run and the app as the ledger's head tells them, as JSON under `gradio-bench`.
    Raises UsageError without the parquet extra.
    """
    require_parquet()
    return [_write_parquet(ledger, rows, out_dir / f"{name}.parquet") for name, rows in _tables(ledger)]


def require_parquet() -> None:
    """Raise UsageError where pyarrow is not installed: better before a run than after it."""
    _library("pyarrow.parquet")


def columns(ledger: Ledger, rows: Rows) -> Columns:
    """Turn ledger rows into columns: codes and endpoints by name, flags each in a column of its own."""
    found: Columns = {}
    nothing = unknown(ledger, rows) if rows.dtype == STREAM else {}
    for name in rows.dtype.names or ():
        values = np.ma.masked_array(rows[name], nothing[name]) if name in nothing else rows[name]
        if name == "flags":
            found |= {flag: values & bit != 0 for flag, bit in _FLAGS.items()}
        elif name == "endpoint":
            found[name] = _named([str(one["api_name"]) for one in ledger.meta.get("endpoints", [])], values)
        elif name in _CODES:
            found[name] = _named([code.name.lower() for code in _CODES[name]], values)
        elif values.dtype.kind == "S":
            found[name] = np.array([text.decode("ascii", "replace") for text in values.tolist()], object)
        else:
            found[name] = values
    return found


def _tables(ledger: Ledger) -> Iterator[tuple[str, Rows]]:
    yield "frames", ledger.frames
    yield "streams", ledger.streams


def _named(names: list[str], codes: NDArray[Any]) -> NDArray[Any]:
    chosen: NDArray[Any] = np.array(names or [""], object)[codes]
    return chosen


def _slices(rows: Rows) -> Iterator[Rows]:
    """Yield a part at a time, and one that is empty where there are no rows: the columns have names all the same."""
    for begin in range(0, max(1, rows.size), _AT_ONCE):
        yield rows[begin : begin + _AT_ONCE]


# CSV ----------------------------------------------------------------------------------------------------------


def _write_csv(ledger: Ledger, rows: Rows, path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for number, part in enumerate(_slices(rows)):
            table = columns(ledger, part)
            if number == 0:
                writer.writerow(table)
            writer.writerows(zip(*map(_cells, table.values()), strict=True))
    return path


def _cells(values: NDArray[Any]) -> Iterable[Any]:
    if isinstance(values, np.ma.MaskedArray):
        return ["" if value is None else value for value in values.tolist()]
    if values.dtype.kind == "O":
        safe = {text: cell(text) for text in set(values.tolist())}
        return [safe[text] for text in values.tolist()]
    if values.dtype.kind == "f":
        return ["" if isnan(value) else round(value, _DIGITS) for value in values.astype(np.float64).tolist()]
    if values.dtype.kind == "b":
        return ["true" if value else "false" for value in values.tolist()]
    listed: list[Any] = values.tolist()
    return listed


# Parquet ------------------------------------------------------------------------------------------------------


def _write_parquet(ledger: Ledger, rows: Rows, path: Path) -> Path:
    parquet = _library("pyarrow.parquet")
    head = {name: ledger.meta.get(name) for name in ("run", "app")}
    parts = (_arrow(columns(ledger, part)) for part in _slices(rows))
    first = next(parts)
    schema = first.schema.with_metadata({"gradio-bench": orjson.dumps(head)})
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        writer.write_table(first.cast(schema))
        for part in parts:
            writer.write_table(part.cast(schema))
    return path


def _arrow(table: Columns) -> Any:
    return _library("pyarrow").table({name: _array(name, values) for name, values in table.items()})


def _array(name: str, values: NDArray[Any]) -> Any:
    """Make an Arrow array: text as a dictionary, instants as UTC timestamps of microseconds, NaN as null."""
    arrow = _library("pyarrow")
    if isinstance(values, np.ma.MaskedArray):
        return arrow.array(values.filled(0), mask=np.ma.getmaskarray(values))
    if values.dtype.kind == "O":
        return arrow.array(values, arrow.string()).dictionary_encode()
    if name in INSTANTS[Kind.FRAMES] or name in INSTANTS[Kind.STREAMS]:
        missing = np.isnan(values)
        micros = np.where(missing, 0, values * 1e6).astype(np.int64)
        return arrow.array(micros, arrow.timestamp("us", tz="UTC"), mask=missing)
    return arrow.array(np.ascontiguousarray(values), from_pandas=True)


def _library(module: str) -> Any:
    return extra(module, "parquet", "A Parquet file")
