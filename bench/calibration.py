"""What the last self-check of this machine found: kept for its user, and believed only while the machine is the same.

The file is `gradio-bench/selfcheck.json` in the user's cache folder: `$XDG_CACHE_HOME`, or `~/.cache`.
"""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

SCHEMA = "gradio-bench-error-bars/1"
_PACKAGES = ("gradio-bench", "locust", "gevent", "geventhttpclient")  # what instants are taken with


def recall() -> dict[str, Any] | None:
    """The error bars kept for this machine, as `keep` was given them; None where there are none, or of another one."""
    try:
        kept = orjson.loads(_path().read_bytes())
        fits = kept["schema"] == SCHEMA and kept["machine"] == machine()
        bars: dict[str, Any] = kept["error_bars"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return bars if fits and isinstance(bars, dict) else None


def keep(bars: dict[str, Any]) -> Path | None:
    """Keep them for this machine; returns where, or None where the user's cache cannot be written."""
    path = _path()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    content = {"schema": SCHEMA, "machine": machine(), "error_bars": bars}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        draft.replace(path)
    except OSError:
        return None
    return path


def machine() -> dict[str, Any]:
    """What error bars depend on: processor, cores, and the versions of what measures. No name, no address."""
    return {
        "system": platform.system(),
        "cpu": processor(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
    }


def _path() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")  # the specification ignores a path that is not absolute
    folder = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return folder / "gradio-bench" / "selfcheck.json"


def processor() -> str:
    """Name the processor's model; the kind of machine where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
