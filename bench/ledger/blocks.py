"""Compact blocks: what a ledger's file is made of, and what a worker sends its master."""

import io
import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from typing import BinaryIO

from bench.ledger.rows import FRAME, STREAM, VIEWER


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

HEADER = struct.Struct("<4sBxxxII")
_MAGIC = b"GBL1"


def pack(kind: Kind, payload: bytes) -> bytes:
    """One block as bytes."""
    return HEADER.pack(_MAGIC, kind, len(payload), zlib.crc32(payload)) + payload


def unpack(data: bytes) -> Iterator[tuple[Kind, bytes]]:
    """Yield each whole block of `data` in order; stop silently at the first torn or foreign one."""
    return read_blocks(io.BytesIO(data))


def read_blocks(file: BinaryIO) -> Iterator[tuple[Kind, bytes]]:
    """Yield each whole block of `file` in order; stop silently at the first torn or foreign one."""
    while len(header := file.read(HEADER.size)) == HEADER.size:
        magic, kind, length, checksum = HEADER.unpack(header)
        if magic != _MAGIC or kind > max(Kind):
            return
        payload = file.read(length)
        if len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield Kind(kind), payload
