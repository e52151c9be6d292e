"""The apps that rows are played on, by name."""

from pathlib import Path
from typing import Any

from bench.load.target import Overrides, Target, TargetName, parse_target

OPEN = Overrides(concurrency_limit=8, time_limit_s=None)
"""Rows are about faults, not about waiting: there is a slot for everyone, for as long as the run lasts."""


def app_named(name: str, **settings: Any) -> Target:
    """Make the app of that name, not started yet: the reference app, or a file of this folder."""
    if name == "reference":
        return Target(parse_target(""), everywhere=OPEN, **settings)
    return Target(TargetName("file", str(Path(__file__).with_name(f"{name}.py"))), **settings)
