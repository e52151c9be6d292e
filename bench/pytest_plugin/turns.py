"""Runs take turns: two at once would each measure the other. A file lock holds for xdist's workers as well."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn() -> Iterator[None]:
    """Wait until no other run of this user is under way on this machine, and keep others waiting meanwhile.

    The system lets go of the lock when its process ends, however that happens.
    """
    import fcntl  # noqa: PLC0415 - only Unix has it, as only Unix runs viewers

    with (Path(tempfile.gettempdir()) / f"gradio-bench-{os.getuid()}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
