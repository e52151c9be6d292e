"""What a TARGET on the command line means: the reference app, an address, a Space, a file, or an object in a module."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bench.errors import UsageError
from bench.units import option, positive_seconds
from bench.wire.address import is_space

TargetKind = Literal["reference", "url", "space", "file", "module"]

_MODULE = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*):(?P<attribute>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)")
_SPACE = re.compile(r"[\w.-]+/[\w.-]+")
_HOST_AND_PORT = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):\d+(/.*)?")
_DEPLOY_S, _WAKE_S = 60.0, 300.0
_REMEDY = (
    "TARGET is a URL (http://HOST:PORT), a Space (OWNER/NAME), app.py, module:demo, or nothing for the reference app."
)


@dataclass(frozen=True, slots=True)
class TargetName:
    """The app under test by name: `text` is a URL, a Space, a file's path or a module; `attribute` the app in it."""

    kind: TargetKind
    text: str
    attribute: str | None = None

    @property
    def deployed(self) -> bool:
        """Whether the harness starts this app itself."""
        return self.kind in {"reference", "file", "module"}

    def __str__(self) -> str:
        if self.kind == "reference":
            return "the reference app"
        return f"{self.text}:{self.attribute}" if self.attribute else self.text


def parse_target(text: str | None) -> TargetName:
    """Read a TARGET as typed; None or nothing is the reference app.

    Raises UsageError for a file that does not exist and for anything that fits none of the forms, with what may have
    been meant.
    """
    text = (text or "").strip()
    if text in {"", "reference"}:
        return TargetName("reference", "")
    if text.startswith(("http://", "https://")):
        if urlsplit(text).password is not None:
            raise UsageError(
                "A password in a URL is seen by every process of this machine.",
                "Put user:password into an environment variable and name it with --auth-env.",
            )
        return TargetName("url", text)
    path, _, attribute = text.partition(".py:")
    if text.endswith(".py") or attribute:
        return TargetName("file", _existing(Path(path + ".py" if attribute else text)), attribute or None)
    if match := _MODULE.fullmatch(text):
        return TargetName("module", match["module"], match["attribute"])
    if _SPACE.fullmatch(text) and not Path(text).exists() and not Path(text + ".py").exists():
        return TargetName("space", text)
    raise UsageError(f"Cannot tell what app {text!r} is.", _hint(text))


def start_timeout_s(name: TargetName, typed: str = "") -> float:
    """How long to wait for an app, as typed or as usual: a server named by its URL is taken to be up.

    Raises UsageError when what was typed is no duration.
    """
    if typed:
        return option("--start-timeout", positive_seconds, typed)
    if name.deployed:
        return _DEPLOY_S
    return _WAKE_S if is_space(name.text) else 0.0


def _existing(path: Path) -> str:
    if path.is_file():
        return str(path)
    if path.exists():
        raise UsageError(f"{path} is not a file.", "Name the file that builds the app.")
    folder = path.parent if path.parent.is_dir() else Path()
    close = difflib.get_close_matches(path.name, [other.name for other in folder.glob("*.py")], n=1)
    remedy = f"Did you mean {folder / close[0]}?" if close else f"Looked in {folder.resolve()}."
    raise UsageError(f"There is no file {path}.", remedy)


def _hint(text: str) -> str:
    path = Path(text)
    if _HOST_AND_PORT.fullmatch(text):
        return f"Did you mean http://{text}?"
    if path.is_dir() and (files := sorted(file.name for file in path.glob("*.py"))):
        return f"It is a folder; name the file in it: {path / ('app.py' if 'app.py' in files else files[0])}."
    if Path(text + ".py").is_file():
        return f"Did you mean {text}.py?"
    return _REMEDY
