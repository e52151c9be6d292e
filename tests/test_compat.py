"""The tool that drives other Gradio versions: what it says when one cannot be had, and its table."""

import sys
from pathlib import Path

import pytest

from bench.errors import TargetError, UsageError
from bench.metrics import summarise
from tests.ledgers import Turns
from tools import compat


def test_a_version_that_cannot_be_installed_is_named_with_the_reason() -> None:
    """Pip's own last words say why."""
    with pytest.raises(UsageError, match=r"Gradio 9\.9\.9 cannot be installed") as caught:
        compat._pip([sys.executable, "-c", "raise SystemExit('no matching distribution')"], "9.9.9")
    assert caught.value.remedy == "no matching distribution"


def test_an_app_that_dies_is_told_with_what_it_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old version that cannot run on this Python fails at once, with its own words."""
    broken = tmp_path / "broken.py"
    broken.write_text("raise ImportError('this Gradio needs another NumPy')")
    monkeypatch.setattr(compat, "APP", broken)
    with pytest.raises(TargetError, match="did not start") as caught, compat.serving(Path(sys.executable)):
        pass
    assert "needs another NumPy" in caught.value.remedy


def test_a_row_has_a_cell_for_each_heading(tmp_path: Path) -> None:
    """The table is Markdown with as many cells as headings; waits stand beside the law's."""
    summary = summarise(Turns(viewers=3, granted_s=3.1, time_limit_s=3.0, warmup_s=10.0).write(tmp_path).ledger())
    found = compat.Found("6.0.0", summary, "404", {"simple": 12}, {"simple": 10})
    (line,) = compat.lines(found)
    cells = line.strip("| ").split(" | ")
    assert len(cells) == len(compat.HEAD.strip("| ").split(" | "))
    assert cells[-2:] == ["2", "404"]
    wait, law = (float(cell.removesuffix(" s")) for cell in cells[-3].split(", "))
    assert wait == pytest.approx(law, abs=0.2)


def test_the_current_version_needs_no_environment() -> None:
    """The one that is installed is driven as it is."""
    assert compat.interpreter("current") == Path(sys.executable)
