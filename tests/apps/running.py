"""The apps of this folder, running: each is deployed once, when it is first asked for, for the whole test session."""

import atexit
from functools import cache
from pathlib import Path

from bench.load.target import Target, TargetName

APPS = Path(__file__).parent


def app_file(name: str) -> TargetName:
    """Name an app of this folder."""
    return TargetName("file", str(APPS / f"{name}.py"))


@cache
def running(name: str) -> Target:
    """Return the deployed app of that name; it is stopped when the tests end."""
    target = Target(app_file(name)).start()
    atexit.register(target.stop)
    return target
