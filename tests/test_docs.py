"""The documents tell the truth: what they name exists, and figures they quote are in the run they quote."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any
from xml.etree import ElementTree

import pytest
import typer

from bench import errors
from bench.cli import app
from bench.ledger import Fate
from bench.report.results import schema
from bench.slo import EXIT_CODES
from tests.markdown import PAGES, ROOT, Page, first_cells

README = Page.read(ROOT / "README.md")
PICTURE = ROOT / "docs" / "figures" / "run.svg"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SHELL = {".", "cat", "export"}
"""Programs of any shell that the blocks may use beside the project's own."""

each_page = pytest.mark.parametrize("page", [Page.read(path) for path in PAGES], ids=lambda page: page.name)


# Commands -----------------------------------------------------------------------------------------------------


@cache
def subcommands() -> dict[str, set[str]]:
    """Every subcommand of gradio-bench with its options."""
    group: Any = typer.main.get_command(app)
    return {
        name: {"--help", *(flag for parameter in command.params for flag in parameter.opts if flag.startswith("-"))}
        for name, command in group.commands.items()
    }


@cache
def options_in_help(*words: str) -> set[str]:
    """Every option in the help of a Python program: `-m module` or a file."""
    command = [sys.executable, *words, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", done.stdout))


def options_of(words: list[str]) -> set[str]:
    """Every option of the program a command starts; AssertionError when it starts none of ours."""
    match words:
        case ["gradio-bench", name, *_] if not name.startswith("-"):
            assert name in subcommands(), f"gradio-bench has no command {name}"
            return subcommands()[name]
        case ["gradio-bench", *_]:
            return {"--help", "--version"}
        case ["locust", *_]:
            return options_in_help("-m", "scenarios")
        case ["python", "-m", module, *_]:
            assert find_spec(module), f"there is no module {module}"
            return options_in_help("-m", module) | {"-m"}
        case ["python", file, *_]:
            assert (ROOT / file).is_file(), f"there is no {file}"
            return options_in_help(file)
        case ["make", target, *_]:
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), f"no target {target}"
            return set()
    raise AssertionError(f"{words[0]} is not a program of this project")


def check_command(words: list[str]) -> None:
    """Check that a command's program and each of its options exist."""
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert given <= options_of(words), f"{' '.join(words)}: unknown {sorted(given - options_of(words))}"


@each_page
def test_commands_in_blocks_exist(page: Page) -> None:
    """Every command a reader can copy from a shell block starts a program that has those options."""
    for words in page.commands():
        if words[0] not in SHELL:
            check_command(words)


@each_page
def test_commands_and_options_in_the_text_exist(page: Page) -> None:
    """A command or option named in a sentence is a real one."""
    everywhere = set().union(
        *subcommands().values(), options_in_help("-m", "scenarios"), options_in_help("-m", "pytest")
    )
    for span in page.spans():
        words = span.split()
        if words[0] in {"gradio-bench", "locust", "make"} or span.startswith("python -m "):
            check_command(words)
        elif span.startswith("--"):
            assert words[0] in everywhere, f"{page.name}: nothing has the option {words[0]}"


def test_the_readme_shows_every_command() -> None:
    """A newcomer meets every subcommand in the README."""
    assert [name for name in subcommands() if f"gradio-bench {name}" not in README.text] == []


@each_page
def test_python_in_documents_compiles(page: Page) -> None:
    """Code a reader can copy is Python."""
    for code in page.python():
        ast.parse(code)


# Files --------------------------------------------------------------------------------------------------------


@each_page
def test_links_lead_somewhere(page: Page) -> None:
    """Every link to a file or a heading of this repository has its target; others are whole addresses."""
    for link in page.links():
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in Page.read(target).anchors(), f"{page.name} links to {link}"


@each_page
def test_source_files_named_in_the_text_exist(page: Page) -> None:
    """A source file named in a sentence is there, from the root or from bench/."""
    named = [span for span in page.spans() if re.fullmatch(r"[\w/.-]+/[\w.-]+\.(py|md)", span)]
    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / "bench" / name).exists()] == []


# What the documents say of the code ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_fates_are_explained(name: str) -> None:
    """The tables of fates hold every fate of the ledger and no other."""
    text = Page.read(ROOT / name).text
    table = next(part for part in text.split("\n\n") if part.startswith("| fate |"))
    assert {cell.strip("`") for cell in first_cells(table)} == {fate.name.lower() for fate in Fate}


def test_exit_codes_are_explained() -> None:
    """The README's exit codes are those of verdicts, Ctrl-C's, and those of the exception tree."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BenchError)]
    table = next(part for part in README.text.split("\n\n") if part.startswith("| exit code"))
    assert {int(cell) for cell in first_cells(table)} == {
        130,
        *EXIT_CODES.values(),
        *(kind.exit_code for kind in kinds),
    }


def test_every_dependency_has_its_reason() -> None:
    """docs/architecture.md says of each package in pyproject.toml why it is here, and of no other."""
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[<>=~!\[ ]", requirement)[0] for requirement in wanted}
    assert set(first_cells(Page.read(ROOT / "docs/architecture.md").section("Dependencies"))) == names


def test_every_key_of_results_is_explained() -> None:
    """docs/results.md explains every key of the schema, under the heading of its part, and no other."""
    page = Page.read(ROOT / "docs/results.md")
    told = {
        f"{part}.{key}"
        for part in ("app", "generator", "run", "endpoints[]", "errors[]")
        for cell in first_cells(page.section(f"`{part}`"))
        for key in re.findall(r"`([^`]+)`", cell)
    }
    parts = tuple(f"{part}." for part in ("app", "generator", "run", "endpoints[]", "errors[]"))
    keys = set(leaves(schema(), ""))
    assert told == {key for key in keys if key.startswith(parts)}
    others = {re.split(r"\W", key)[0] for key in keys if not key.startswith(parts)}
    assert all(f"`{name}" in page.text for name in others)


def leaves(node: dict[str, Any], path: str) -> Iterator[str]:
    """Yield the paths of a schema's leaves; a distribution is one leaf."""
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    if reference == "distribution":
        yield path
    elif reference:
        yield from leaves(schema()["$defs"][reference], path)
    elif "anyOf" in node:
        yield from (leaf for kind in node["anyOf"] if kind.get("type") != "null" for leaf in leaves(kind, path))
    elif "properties" in node:
        for name, child in node["properties"].items():
            yield from leaves(child, f"{path}.{name}".lstrip("."))
    elif {"properties", "$ref"} & set(node.get("items", {})):
        yield from leaves(node["items"], f"{path}[]")
    else:
        yield path


def test_the_changelog_knows_the_version() -> None:
    """The newest entry of the changelog is for what comes next, or for the version in pyproject.toml."""
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] in {"Unreleased", PROJECT["version"]}


# The picture --------------------------------------------------------------------------------------------------


def test_the_picture_needs_nothing_from_elsewhere() -> None:
    """The README's picture is well-formed and fetches no font, style or image."""
    ElementTree.parse(PICTURE)
    drawn = PICTURE.read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r"https?:|@import|@font-face|href=|url\((?!#)", drawn) == []


def test_figures_told_are_in_the_picture() -> None:
    """Times and shares that the README tells of its picture are those of the run in it."""
    shown = "".join(ElementTree.parse(PICTURE).getroot().itertext()).replace("\xa0", " ")
    told = re.findall(r"\d+(?:\.\d+)? (?:ms|s|%)(?!\w)", README.section("Reading the numbers"))
    assert told
    assert [figure for figure in told if figure not in shown] == []


def test_the_picture_shows_the_command_beside_it() -> None:
    """The command in the picture's title bar is one the README gives."""
    title = ElementTree.parse(PICTURE).getroot().findtext("{http://www.w3.org/2000/svg}title") or ""
    assert title.split() in README.commands()
