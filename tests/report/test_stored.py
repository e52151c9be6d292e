"""A run read back from its folder or its results.json."""

from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.ledger import Ledger
from bench.report import write_reports
from bench.report.results import as_json
from bench.report.stored import read_results, read_run
from tests.ledgers import Turns


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Every key of results.json comes back, findings and all."""
    Turns(seconds=20.0).write(tmp_path / "ledger").writer.close()
    summary = write_reports(tmp_path / "ledger", tmp_path)
    read = read_results(tmp_path / "results.json")
    assert as_json(read) == as_json(summary)
    assert read.endpoints[0].rotation.granted_s is not None


def test_a_ledger_is_preferred(tmp_path: Path) -> None:
    """Folder, ledger folder and results.json name the same run, with its rows; results.json can stand alone too."""
    Turns(seconds=20.0).write(tmp_path / "run" / "ledger").writer.close()
    write_reports(tmp_path / "run" / "ledger", tmp_path / "run")
    for name in ("", "ledger", "results.json"):
        assert isinstance(read_run(tmp_path / "run" / name).ledger, Ledger)
    (tmp_path / "run" / "results.json").rename(tmp_path / "baseline.json")
    assert read_run(tmp_path / "baseline.json").ledger is None


@pytest.mark.parametrize("content", [None, b"{", b"[]", b'{"schema": "x"}', b'{"schema": "gradio-bench/1"}'])
def test_what_is_no_run_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """An error names the file, and says what to name instead."""
    path = tmp_path / "results.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"results\.json"):
        read_run(path)
