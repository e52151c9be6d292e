"""The pipe to the process that started this one: a line of JSON for each thing it should show or know."""

import os
from typing import Any

import orjson

_DESCRIPTOR = "GRADIO_BENCH_PROGRESS_FD"


def piped() -> bool:
    """Whether a process of ours started this one, and listens: it then shows, and reports, instead of this one."""
    return _DESCRIPTOR in os.environ


def tell(line: dict[str, Any]) -> None:
    """Write a line, where somebody listens."""
    if piped():
        os.write(int(os.environ[_DESCRIPTOR]), orjson.dumps(line) + b"\n")
