"""The command under test as a process: how it is called, and which of its children makes the load."""

import sys
from pathlib import Path

import psutil

PROGRAM = str(Path(sys.executable).with_name("gradio-bench"))


def load_of(command: psutil.Process) -> psutil.Process | None:
    """Find the process that makes the load among the command's children; None before it began and after it ended."""
    return next((one for one in command.children() if "locust" in " ".join(one.cmdline())), None)
