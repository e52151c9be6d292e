"""Some rows of docs/faults.md, on real Gradio behind the relay; the page has them all."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.faults.case import Case
from bench.faults.cases import CASES
from bench.faults.judge import complaints
from bench.faults.play import Apps, play
from tests.markdown import ROOT, Page, first_cells


@pytest.fixture(scope="module")
def apps() -> Iterator[Apps]:
    """Apps that the rows share."""
    with ExitStack() as stack:
        yield Apps(stack)


@pytest.mark.parametrize("case", [case for case in CASES if case.quick], ids=lambda case: case.name)
def test_row(case: Case, apps: Apps, tmp_path: Path) -> None:
    """The run ends on time, the books close, the cause is told, viewers come back calmly, the exit code is right."""
    assert complaints(case, play(case, apps, tmp_path)) == []


def test_the_page_has_every_row_and_each_passed() -> None:
    """docs/faults.md was made from these rows, and none of them failed."""
    page = Page.read(ROOT / "docs" / "faults.md")
    assert first_cells(page.text) == [case.name for case in CASES]
    assert "FAIL" not in page.text
