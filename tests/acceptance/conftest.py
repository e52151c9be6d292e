"""The reference app deployed for a test, and runs against it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.load.target import Target, parse_target

ROOT = Path(__file__).parents[2]
RUN_LIMIT_S = 150.0


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of the installed commands to its end, as a user would from a shell."""
    program = str(Path(sys.executable).with_name(arguments[0]))
    return subprocess.run(
        [program, *arguments[1:]],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_LIMIT_S,
        check=False,
    )


@pytest.fixture(scope="module")
def reference_app() -> Iterator[Target]:
    """The reference app with its defaults, shared by the tests of a module."""
    with Target(parse_target(None)) as target:
        yield target
