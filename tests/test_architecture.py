"""The import rules of docs/architecture.md, kept true by walking every import of the code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT: dict[str, set[str]] = {
    "bench.errors": set(),
    "bench.queueing": set(),
    "bench.plain": set(),
    "bench.calibration": set(),
    "bench.progress": {"bench.plain", "bench.words"},
    "bench.units": {"bench.errors"},
    "bench.tables": {"bench.errors"},
    "bench.ledger": {"bench.errors", "bench.tables"},
    "bench.media": {"bench.errors"},
    "bench.wire": {"bench.errors", "bench.ledger"},
    "bench.live": {"bench.errors", "bench.extras", "bench.ledger"},
    "bench.load": {
        "bench.plain",
        "bench.calibration",
        "bench.errors",
        "bench.units",
        "bench.ledger",
        "bench.live",
        "bench.media",
        "bench.wire",
    },
    "bench.load.deployed": {"bench.errors", "bench.load", "target_app"},
    "bench.metrics": {"bench.errors", "bench.ledger", "bench.queueing"},
    "bench.extras": {"bench.errors"},
    "bench.words": set(),
    "bench.slo": {"bench.errors", "bench.ledger", "bench.live", "bench.metrics", "bench.units", "bench.words"},
    "bench.findings": {"bench.ledger", "bench.metrics", "bench.queueing", "bench.words"},
    "bench.report": {
        "bench.errors",
        "bench.extras",
        "bench.findings",
        "bench.ledger",
        "bench.metrics",
        "bench.plain",
        "bench.slo",
        "bench.words",
    },
    "bench.load.held": {"bench.live", "bench.load", "bench.slo"},
    "bench.load.endings": {"bench.errors", "bench.load", "bench.metrics", "bench.report", "bench.slo"},
    "bench.load.hooks": {
        "bench.words",
        "bench.errors",
        "bench.ledger",
        "bench.load",
        "bench.load.endings",
        "bench.load.extent",
        "bench.load.held",
        "bench.report",
        "bench.units",
        "bench.wire",
    },
    "bench.load.extent": {"bench.load", "bench.words"},
    "bench.load.users": {"bench.load", "bench.load.hooks"},
    "bench.interrupts": set(),
    "bench.run": {"bench.errors", "bench.interrupts", "bench.ledger", "bench.metrics", "bench.report"},
    "bench.starter": {"bench.errors"},
    "bench.truth": {
        "bench.calibration",
        "bench.errors",
        "bench.ledger",
        "bench.media",
        "bench.metrics",
        "bench.run",
        "bench.wire",
    },
    "bench.fidelity": {
        "bench.errors",
        "bench.ledger",
        "bench.load",
        "bench.media",
        "bench.metrics",
        "bench.run",
        "bench.wire",
    },
    "bench.performance": {"bench.ledger", "bench.media", "bench.truth"},
    "bench.compare": {
        "bench.errors",
        "bench.ledger",
        "bench.metrics",
        "bench.plain",
        "bench.report",
        "bench.run",
        "bench.units",
        "bench.words",
    },
    "bench.pytest_plugin": {
        "bench.errors",
        "bench.load",
        "bench.media",
        "bench.metrics",
        "bench.run",
        "bench.units",
    },
    "bench.faults": {
        "bench.errors",
        "bench.ledger",
        "bench.load",
        "bench.report",
        "bench.truth",
    },
    "bench.commands": {
        "bench.words",
        "bench.compare",
        "bench.ledger",
        "bench.starter",
        "bench.fidelity",
        "bench.errors",
        "bench.units",
        "bench.load",
        "bench.wire",
        "bench.report",
        "bench.progress",
        "bench.run",
        "bench.slo",
    },
    "bench.cli": {"bench.commands", "bench.errors", "bench.truth"},
    "target_app": {"bench.errors"},
    "scenarios": {"bench.load.users"},
}
"""What each room may import of the house, besides itself. The longest name that fits a module is its room."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "locust": ("bench.load", "scenarios"),
    "cv2": ("bench.media", "target_app"),
    "gradio": ("target_app", "bench.load.deployed", "bench.faults.apps"),
    "gradio_client": ("bench.wire",),
    "httpx": ("bench.wire",),
    "geventhttpclient": ("bench.wire",),
    "huggingface_hub": ("bench.wire",),
    "requests": (),
    "urllib3": (),
    "aiohttp": (),
}
"""Where a library may be imported: these rooms and what lies in them."""

OWN_PROCESS = {
    "bench.cli": "the command",
    "bench.load.hooks": "the composition on Locust's side",
    "bench.load.endings": "ends a Locust process with the exit code of an error",
    "bench.load.deployed": "the main module of the child that deploys an app, whose argv and exit are its own",
    "bench.run": "names the command typed in results.json, where its caller did not",
}
"""Modules that may read argv, print or exit, each with its reason; `__main__` modules may too."""


@dataclass(frozen=True)
class Import:
    """One imported module, and whether the import is for type checkers only."""

    importer: str
    imported: str
    for_types: bool
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def _modules() -> dict[str, Path]:
    files = (file for package in ("bench", "target_app", "scenarios") for file in (ROOT / package).rglob("*.py"))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


MODULES = _modules()
TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}


def _imports(importer: str, node: ast.AST, *, for_types: bool = False) -> Iterator[Import]:
    for name in _named(importer, node):
        yield Import(importer, name, for_types, getattr(node, "lineno", 0))
    typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    for child in ast.iter_child_nodes(node):
        yield from _imports(importer, child, for_types=for_types or typing_only)


def _named(importer: str, node: ast.AST) -> list[str]:
    """Name the modules one statement imports; `from package import module` names the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    assert not node.level, f"{importer}:{node.lineno} imports relatively: write the whole name"
    whole = [f"{node.module}.{alias.name}" for alias in node.names]
    return [name if name in MODULES else str(node.module) for name in whole]


ALL_IMPORTS = [found for name, tree in TREES.items() for found in _imports(name, tree)]


def _within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def _room(module: str) -> str | None:
    fitting = [room for room in MAY_IMPORT if _within(module, (room,))]
    return max(fitting, key=len, default=None)


def test_the_walk_sees_the_code() -> None:
    """The other tests of this file look at something: imports at the top, inside functions, and for types only."""
    seen = {(found.importer, found.imported, found.for_types) for found in ALL_IMPORTS}
    assert ("bench.load.users", "locust", False) in seen
    assert ("bench.commands.run", "bench.run", False) in seen
    assert ("bench.report.discovery", "bench.wire.app", True) in seen


def test_every_module_has_a_room() -> None:
    """A new module is placed in the house before anyone imports it."""
    assert [module for module in MODULES if module != "bench" and _room(module) is None] == []


def test_the_rooms_form_no_circle() -> None:
    """What MAY_IMPORT allows goes one way: sorting raises CycleError otherwise."""
    assert set(TopologicalSorter(MAY_IMPORT).static_order()) == set(MAY_IMPORT)


def test_a_room_imports_only_what_it_may() -> None:
    """Imports go one way, those inside functions included; only imports for types may point elsewhere."""
    assert [str(found) for found in ALL_IMPORTS if not found.for_types and not _allowed(found)] == []


def _allowed(found: Import) -> bool:
    room, other = _room(found.importer), _room(found.imported)
    return room is None or other is None or other == room or other in MAY_IMPORT[room]


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_stays_in_its_rooms(library: str) -> None:
    """A library that patches, weighs much, or speaks HTTP is imported only where the plan says."""
    users = [found for found in ALL_IMPORTS if _within(found.imported, (library,))]
    assert [str(found) for found in users if not _within(found.importer, ONLY_IN[library])] == []


def test_only_commands_read_argv_print_or_exit() -> None:
    """A library neither reads the command line nor writes to the terminal nor ends the process by itself."""
    libraries = [name for name in MODULES if name not in OWN_PROCESS and not name.endswith(".__main__")]
    assert [use for name in libraries for use in _process_wide(name)] == []


WALL_CLOCK = {
    "bench.ledger.writer": "puts the files of several machines on one axis",
    "bench.load.session": "dates a run",
    "bench.live.otel": "dates what a collector is sent",
    "bench.load.hooks": "Locust's own start of a request",
    "bench.truth.selfcheck": "dates the self-check",
    "bench.performance.cost": "how long a command took to its first frame, whose ledger is dated by it",
}
"""Modules that read the clock which people set, each with its reason."""


def test_no_duration_depends_on_the_wall_clock() -> None:
    """A clock that is stepped in the middle of a run changes no figure: nothing else reads it."""
    readers = {
        name
        for name in MODULES
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"time.time", "time.time_ns", "datetime.now"}
    }
    assert {name for name in readers if _within(name, ("bench",))} == set(WALL_CLOCK)


@pytest.mark.parametrize("module", sorted(OWN_PROCESS))
def test_every_exception_is_still_needed(module: str) -> None:
    """An exception whose reason is gone is removed from the list."""
    assert _process_wide(module)


def _process_wide(module: str) -> list[str]:
    """Find where a module uses what belongs to its whole process."""
    return [
        f"{module}:{node.lineno} {ast.unparse(node)}"
        for node in ast.walk(TREES[module])
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.argv", "sys.exit"})
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "exit", "quit", "input"})
    ]


def test_the_command_and_a_run_leave_the_process_unpatched() -> None:
    """Neither the CLI nor run.py, with all they import when a command runs, loads Locust or lets gevent patch."""
    ours = {name for name in MODULES if _within(name, ("bench.cli", "bench.commands", "bench.run"))}
    lazily = {found.imported for found in ALL_IMPORTS if found.importer in ours}
    code = (
        "import importlib, sys\n"
        f"for name in {sorted(ours | lazily)}: importlib.import_module(name)\n"
        "assert 'locust' not in sys.modules, 'locust is loaded'\n"
        "from gevent import monkey\n"
        "assert not monkey.saved, 'gevent has patched the process'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
