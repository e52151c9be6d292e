"""The ledger: the row types, compact blocks, and the append-only file where load and analysis meet.

A ledger is a folder with one `*.ledger` file per process. A file is a sequence of blocks, each written whole:

    magic "GBL1" · kind (u1) · 3 zero bytes · payload length (u4) · CRC-32 of the payload (u4) · payload

`meta` and `note` payloads are JSON; `frames`, `streams` and `viewers` payloads are rows of the dtypes in `rows`. A
process that is killed leaves at most a torn last block, which readers drop and report.

Times are seconds of CLOCK_MONOTONIC, shared by all processes of one machine. Each file's meta holds `wall_offset_s`
(wall clock − monotonic), so that files of several machines can be put on one axis, and `machine`, which says only
whose clock that was: two machines' instants can be apart by as much as their clocks. A time never reached is NaN.
"""

from bench.ledger.blocks import DTYPES, INSTANTS, Kind, pack, unpack
from bench.ledger.reader import Ledger
from bench.ledger.rows import CERTAIN, FRAME, JOIN, SHOWN, STREAM, VIEWER, Fate, Outcome, Rows
from bench.ledger.writer import UNWRITABLE, LedgerWriter, clock, refuse_existing

__all__ = [
    "CERTAIN",
    "DTYPES",
    "FRAME",
    "INSTANTS",
    "JOIN",
    "SHOWN",
    "STREAM",
    "UNWRITABLE",
    "VIEWER",
    "Fate",
    "Kind",
    "Ledger",
    "LedgerWriter",
    "Outcome",
    "Rows",
    "clock",
    "pack",
    "refuse_existing",
    "unpack",
]
