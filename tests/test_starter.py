"""What `gradio-bench init` writes."""

import ast
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from bench import starter
from bench.errors import UsageError
from bench.slo import parse_slo
from bench.starter import APP, FILES, SLO, WORKFLOW, start
from tests.acceptance.conftest import ROOT


def test_everything_is_written_once_and_never_again(tmp_path: Path) -> None:
    """A second time each file is left as it is, changed or not."""
    first = start(tmp_path / "new")
    assert (first.written, first.left) == (tuple(FILES), ())
    (tmp_path / "new" / WORKFLOW).write_text("mine")
    second = start(tmp_path / "new")
    assert (second.written, second.left) == ((), tuple(FILES))
    assert (tmp_path / "new" / WORKFLOW).read_text() == "mine"


def test_what_is_there_keeps_nothing_else_away(tmp_path: Path) -> None:
    """One file that exists is left, the others are written."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "anything.py").write_text("mine")
    started = start(tmp_path)
    assert started.left == ("scenarios/anything.py",)
    assert set(started.written) == set(FILES) - {"scenarios/anything.py"}


@pytest.mark.parametrize("name", ["", "scenarios", ".github"])
def test_a_file_where_a_folder_must_be_is_refused(name: str, tmp_path: Path) -> None:
    """A file in the way is named; it is not overwritten."""
    folder = tmp_path / "repository"
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    with pytest.raises(UsageError):
        start(folder)
    assert (folder / name).read_text() == "mine"


def test_the_workflow_runs_what_is_there() -> None:
    """It names the app the report speaks of, asks the objectives beside it, and keeps the folder the run writes."""
    text = FILES[WORKFLOW].read_text()
    assert f"TARGET: {APP}" in text
    run = re.search(r"gradio-bench run .*--slo (\S+) .*--out (\S+)", text)
    assert run is not None
    assert run[1] == SLO
    assert f"path: {run[2]}/" in text


def test_the_objectives_make_sense_with_and_without_their_comments() -> None:
    """Each line of the starter's objectives can be used as it stands, those behind a `#` too."""
    text = FILES[SLO].read_text()
    assert len(parse_slo(text).objectives) == 4
    examples = [line[2:] for line in text.splitlines() if re.match(r"# (\w+ = |\[)", line)]
    whole = parse_slo(f"{text}\n" + "\n".join(line for line in examples))
    assert len(whole.objectives) == 10
    assert whole.abort_s is not None


def test_scenarios_need_nothing_but_the_installed_package() -> None:
    """A copy in somebody's repository imports the harness and Locust, nothing from beside itself."""
    for name, source in FILES.items():
        if name.endswith(".py"):
            modules = {
                node.module for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.ImportFrom)
            }
            assert modules <= {"bench.load.users", "locust"}, name


def test_an_installed_package_holds_the_templates() -> None:
    """What is no Python file is named as package data, and scenarios are a package: a wheel has them all."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    bench = Path(starter.__file__).parents[1]
    templates = [path for path in FILES.values() if path.suffix != ".py"]
    for path in templates:
        assert any(fnmatch(str(path.relative_to(bench)), glob) for glob in tools["package-data"]["bench"])
    assert "scenarios*" in tools["packages"]["find"]["include"]
