"""CSV and Parquet hold every row, by names that people can read."""

import csv
import sys
from pathlib import Path

import orjson
import pytest
from pyarrow import parquet

from bench.errors import UsageError
from bench.ledger import Fate, Ledger
from bench.report.exports import FORMATS, read_formats
from bench.report.tables import write_csv, write_parquet
from tests.ledgers import LedgerBuilder, Turns, endpoint, meta
from tests.markdown import ROOT, Page, first_cells
from tests.report.hostile import FORMULA, hostile_run


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Give a run in which six viewers take turns."""
    return Turns().write(tmp_path_factory.mktemp("ledger")).ledger()


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_has_a_row_for_each_frame_and_stream(turns: Ledger, tmp_path: Path) -> None:
    """Nothing is left out, codes are names, flags are columns, and times are those of the ledger."""
    frames, streams = map(_read, write_csv(turns, tmp_path))
    assert len(frames) == turns.frames.size
    assert len(streams) == turns.streams.size
    fates = [row["fate"] for row in frames]
    assert fates == [Fate(fate).name.lower() for fate in turns.frames["fate"]]
    assert {row["endpoint"] for row in frames} == {"simple"}
    assert {row["certain"] for row in frames} == {"true"}
    assert float(frames[0]["tick_s"]) == pytest.approx(turns.frames["tick_s"][0], abs=2e-6)


def test_what_was_never_reached_is_empty_in_csv(turns: Ledger, tmp_path: Path) -> None:
    """A skipped frame has no instants but its tick: no cell says nan."""
    frames, _ = write_csv(turns, tmp_path)
    skipped = next(row for row in _read(frames) if row["fate"] == "skipped")
    assert skipped["sent_s"] == skipped["result_s"] == ""
    assert "nan" not in frames.read_text()


def test_csv_holds_no_formulas(tmp_path: Path) -> None:
    """A name that a spreadsheet would run is text in it."""
    frames, _ = write_csv(hostile_run(tmp_path / "ledger"), tmp_path)
    assert _read(frames)[0]["endpoint"] == f"'{FORMULA}"


def test_a_run_without_streams_has_files_with_names_alone(tmp_path: Path) -> None:
    """Tools that read the files need no special case for an empty run."""
    ledger = LedgerBuilder(tmp_path / "ledger").ledger()
    frames, streams = write_csv(ledger, tmp_path)
    assert frames.read_text().startswith("endpoint,viewer,stream,frame,")
    assert len(streams.read_text().splitlines()) == 1
    assert [path.exists() for path in write_parquet(ledger, tmp_path)] == [True, True]


def test_parquet_holds_the_same(turns: Ledger, tmp_path: Path) -> None:
    """Rows, names and instants are those of the ledger; what was never reached is null; the head tells of the run."""
    frames, streams = (parquet.read_table(path) for path in write_parquet(turns, tmp_path))
    assert (frames.num_rows, streams.num_rows) == (turns.frames.size, turns.streams.size)
    assert frames["fate"].to_pylist() == [Fate(fate).name.lower() for fate in turns.frames["fate"]]
    assert frames["tick_s"][0].as_py().timestamp() == pytest.approx(turns.frames["tick_s"][0], abs=2e-6)
    sent = int((turns.frames["fate"] != Fate.SKIPPED).sum())
    assert frames["sent_s"].null_count == turns.frames.size - sent
    assert orjson.loads(frames.schema.metadata[b"gradio-bench"])["run"]["viewers"] == 6


def test_counts_that_say_nothing_are_empty(tmp_path: Path) -> None:
    """Without marks nobody knows of cross-talk: no 0 in any file, while what was seen all the same stays."""
    builder = LedgerBuilder(tmp_path / "ledger", meta(endpoint(attribution="bounded", result="json"), endpoint("b")))
    builder.stream(0, 0, 0.0, 0.1, 1.0, duplicated=2)
    builder.stream(1, 0, 0.0, 0.1, 1.0, endpoint=1)
    ledger = builder.ledger()
    unread, read = _read(write_csv(ledger, tmp_path)[1])
    names = ("cross_talk", "duplicated", "state_errors", "results")
    assert [unread[name] for name in names] == ["", "2", "", "0"]
    assert [read[name] for name in names] == ["0", "0", "", "0"]
    streams = parquet.read_table(write_parquet(ledger, tmp_path)[1])
    assert [streams[name].to_pylist() for name in names[:3]] == [[None, 0], [2, 0], [None, None]]


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says what to install, and says it before a run."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError, match=r"gradio-bench\[parquet\]"):
        read_formats("csv,parquet")


def test_an_unknown_format_is_refused() -> None:
    """The answer names those that there are."""
    with pytest.raises(UsageError, match="csv, parquet, junit, markdown, trace"):
        read_formats("csv,excel")


def test_every_format_is_explained() -> None:
    """docs/exports.md has a row for each format."""
    cells = first_cells(Page.read(ROOT / "docs" / "exports.md").section("Files"))
    assert [cell.strip("`") for cell in cells] == list(FORMATS)


def test_all_stands_for_every_format() -> None:
    """And a format named twice is written once."""
    assert read_formats("all") == ("csv", "parquet", "junit", "markdown", "trace")
    assert read_formats(" CSV, csv ,junit") == ("csv", "junit")
    assert read_formats("") == ()
