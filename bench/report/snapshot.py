"""A snapshot of a ledger that is still being written: whole blocks only, and a note that says what it is."""

from pathlib import Path

import orjson

from bench.ledger import Kind, pack, unpack
from bench.metrics.generator import SNAPSHOT


def take_snapshot(ledger: Path, into: Path) -> None:
    """Copy every file of `ledger` into the new folder `into`, without a last block that is only half there.

    Unless the run is over, each copy ends in a note that it goes on, which the generator's health tells.
    """
    into.mkdir(parents=True)
    files = {path.name: list(unpack(path.read_bytes())) for path in sorted(ledger.glob("*.ledger"))}
    over = any(_notes_end(payload) for blocks in files.values() for kind, payload in blocks if kind is Kind.NOTE)
    for name, blocks in files.items():
        whole = b"".join(pack(kind, payload) for kind, payload in blocks)
        if blocks and not over:
            whole += pack(Kind.NOTE, orjson.dumps({"note": SNAPSHOT}))
        (into / name).write_bytes(whole)


def _notes_end(payload: bytes) -> bool:
    return bool(orjson.loads(payload).get("note") == "stopping")
