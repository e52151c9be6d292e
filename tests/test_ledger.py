"""The ledger as a reader finds it: whole, torn, merged from several files, or not a ledger at all."""

import dataclasses
import resource
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.errors import LedgerError, UsageError
from bench.ledger import DTYPES, FRAME, Fate, Kind, Ledger, LedgerWriter, pack, refuse_existing, unpack
from tests.ledgers import NAN, LedgerBuilder, endpoint, meta

numbers = st.integers(0, 2**16 - 1)
instants = st.floats(0, 1e6) | st.just(NAN)
frames = st.lists(st.tuples(numbers, numbers, numbers, st.sampled_from(Fate), instants), max_size=30)


def _row(viewer: int, frame: int, size: int, fate: Fate, result_s: float) -> tuple[Any, ...]:
    return (0, viewer, 0, frame, frame, frame, int(fate), 0, 200, size, 0, 1.0, 1.0, 1.0, 1.0, result_s, NAN, 0.5)


def _file(path: Path, offset_s: float, *blocks: bytes) -> None:
    """Write a file whose wall clock is known to be `offset_s` ahead of its monotonic one."""
    head = {"wall_offset_s": offset_s, "process": path.stem, **meta(endpoint())}
    path.write_bytes(pack(Kind.META, orjson.dumps(head)) + b"".join(blocks))


@settings(deadline=None)
@given(first=frames, second=frames)
def test_rows_read_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, first: Any, second: Any) -> None:
    """Every row of every block comes back once, in order, with its values; times only move to the wall clock."""
    folder = tmp_path_factory.mktemp("ledger")
    rows = [_row(*each) for each in first + second]
    packed = [
        pack(Kind.FRAMES, np.array([_row(*each) for each in part], FRAME).tobytes()) for part in (first, second) if part
    ]
    _file(folder / "a.ledger", 0.0, *packed)

    read = Ledger.read(folder).frames

    assert read.tobytes() == np.array(rows, FRAME).tobytes()


def test_a_file_cut_anywhere_in_its_last_block_keeps_all_blocks_before_it(tmp_path: Path) -> None:
    """At every byte of the last block, a killed process costs that block and nothing else, and is named as torn."""
    builder = LedgerBuilder(tmp_path / "whole")
    builder.frame(1, 0, 0.0)
    builder.writer.flush()
    kept = builder.writer.path.stat().st_size
    for frame in range(1, 4):
        builder.frame(1, frame, frame / 10)
    builder.writer.close()
    data = builder.writer.path.read_bytes()

    torn = tmp_path / "torn"
    torn.mkdir()
    for length in range(kept, len(data)):
        (torn / "w0.ledger").write_bytes(data[:length])
        ledger = Ledger.read(torn)
        assert ledger.frames["frame"].tolist() == [0], f"cut at byte {length}"
        assert ledger.torn == ([] if length == kept else ["w0"]), f"cut at byte {length}"

    whole = Ledger.read(tmp_path / "whole")
    assert whole.frames["frame"].tolist() == [0, 1, 2, 3]
    assert whole.torn == []


@given(position=st.integers(0, 10_000), flipped=st.integers(1, 255))
def test_a_damaged_last_block_is_dropped(position: int, flipped: int) -> None:
    """A block with any byte changed, but for its kind and the padding, is not believed."""
    good, last = pack(Kind.NOTE, b'{"note":"a"}'), bytearray(pack(Kind.FRAMES, np.zeros(2, FRAME).tobytes()))
    position %= len(last)
    assume(not 4 <= position < 8)
    last[position] ^= flipped

    assert list(unpack(good + bytes(last))) == [(Kind.NOTE, b'{"note":"a"}')]


def test_files_of_two_machines_come_onto_one_axis(tmp_path: Path) -> None:
    """Each file's times move by its own clock offset, so that one instant on two machines is one instant."""
    early, late = np.zeros(1, FRAME), np.zeros(1, FRAME)
    early["tick_s"], late["tick_s"] = 100.0, 5100.0
    note = pack(Kind.NOTE, orjson.dumps({"note": "started", "at_s": 100.0}))
    _file(tmp_path / "a.ledger", 9000.0, pack(Kind.FRAMES, early.tobytes()), note)
    _file(tmp_path / "b.ledger", 4000.0, pack(Kind.FRAMES, late.tobytes()))

    ledger = Ledger.read(tmp_path)

    assert ledger.frames["tick_s"].tolist() == [9100.0, 9100.0]
    assert ledger.notes == [{"process": "a", "note": "started", "at_s": 9100.0}]
    assert [each["process"] for each in ledger.metas] == ["a", "b"]
    assert [each["rows"]["frames"] for each in ledger.metas] == [1, 1]


def test_spans_of_time_do_not_move_with_the_clock(tmp_path: Path) -> None:
    """Gradio's ETA is a span, not an instant: the clock offset leaves it alone."""
    stream = np.zeros(1, DTYPES[Kind.STREAMS])
    stream["eta_s"], stream["open_s"] = 7.5, 3.0
    _file(tmp_path / "a.ledger", 1000.0, pack(Kind.STREAMS, stream.tobytes()))

    row = Ledger.read(tmp_path).streams[0]

    assert (row["eta_s"], row["open_s"]) == (7.5, 1003.0)


def test_the_row_written_at_a_viewers_end_wins(tmp_path: Path) -> None:
    """A viewer's first row, written in case it never ends, gives way to the one that closes it."""
    builder = LedgerBuilder(tmp_path)
    for viewer in (7, 3):
        builder.viewer(viewer, 0.0)
    builder.writer.flush()
    builder.viewer(7, 0.0, 9.0)

    viewers = builder.ledger().viewers

    assert viewers["viewer"].tolist() == [3, 7]
    assert np.isnan(viewers["stopped_s"]).tolist() == [True, False]


def test_a_file_without_a_whole_head_does_not_hide_the_others(tmp_path: Path) -> None:
    """A process killed before its first block was whole is named as torn, and the others are read."""
    builder = LedgerBuilder(tmp_path)
    builder.frame(1, 0, 0.0)
    (tmp_path / "w1.ledger").write_bytes(b"GBL1\0")

    ledger = builder.ledger()

    assert ledger.frames.size == 1
    assert ledger.torn == ["w1"]


@pytest.mark.parametrize("content", [None, b"", b"not a ledger"])
def test_a_folder_without_a_ledger_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    """No file, an empty one and a foreign one all say which folder holds no ledger, and what to name instead."""
    if content is not None:
        (tmp_path / "w0.ledger").write_bytes(content)

    with pytest.raises(LedgerError, match=tmp_path.name) as error:
        Ledger.read(tmp_path)
    assert error.value.remedy


def test_rows_of_another_version_are_refused(tmp_path: Path) -> None:
    """Whole blocks whose rows have another size are an error with a remedy, not garbage figures."""
    _file(tmp_path / "a.ledger", 0.0, pack(Kind.FRAMES, bytes(FRAME.itemsize + 1)))

    with pytest.raises(LedgerError, match="another shape"):
        Ledger.read(tmp_path)


def test_a_copy_made_piece_by_piece_reads_like_the_file(tmp_path: Path) -> None:
    """What a worker sends, whatever its file has gained each time, is a whole ledger wherever it stops."""
    writer = LedgerWriter(tmp_path / "own", "w0", meta(endpoint()))
    copy = tmp_path / "copy" / "w0.ledger"
    copy.parent.mkdir()
    for viewer in range(3):
        writer.viewer((0, viewer, 0.0, NAN))
        writer.flush()
        with copy.open("ab") as file:
            file.write(writer.path.read_bytes()[copy.stat().st_size :])
        so_far = Ledger.read(copy.parent)
        assert so_far.torn == []
        assert list(so_far.viewers["viewer"]) == list(range(viewer + 1))
    writer.close()


def test_a_folder_that_holds_a_run_is_refused(tmp_path: Path) -> None:
    """A second run never mixes with a first; an empty folder is fine."""
    refuse_existing(tmp_path / "new")
    (tmp_path / "new" / "results.json").touch()

    with pytest.raises(UsageError, match="already holds a run"):
        refuse_existing(tmp_path / "new")


def test_a_ledger_is_frozen(tmp_path: Path) -> None:
    """A ledger that was read is a value: nothing can be put in its place."""
    ledger = LedgerBuilder(tmp_path).ledger()

    with pytest.raises(dataclasses.FrozenInstanceError):
        ledger.torn = ["w1"]  # type: ignore[misc]  # the point of the test


def test_a_full_disk_costs_only_what_came_after_it(tmp_path: Path) -> None:
    """A block that does not fit goes whole, the writer says why, and what was written before can be read."""
    writer = LedgerWriter(tmp_path, "0", {"endpoints": []})
    writer.note({"note": "before"})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (writer.path.stat().st_size + 30, hard))  # in place of a full disk
        writer.note({"note": "too long for what is left", "text": "x" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "large" in writer.problem
    writer.note({"note": "room again"})
    writer.close()
    ledger = Ledger.read(tmp_path)
    assert [note["note"] for note in ledger.notes] == ["before"]
    assert ledger.torn == []
