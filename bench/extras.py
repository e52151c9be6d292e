"""Optional libraries: imported when asked for, and asked for early, so that a run never ends at a missing one."""

from importlib import import_module
from typing import Any

from bench.errors import UsageError


def extra(module: str, name: str, what: str) -> Any:
    """Import `module` of the extra `name`, which is needed for `what`.

    Raises UsageError that names the extra where it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise UsageError(
            f"{what} needs {library}, which is not installed.",
            f"Install the extra: pip install 'gradio-bench[{name}]'.",
        ) from None
