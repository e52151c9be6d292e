"""An app's own failure in the words of its author's code: the exception and the lines of theirs that led to it."""

import re
import traceback
from pathlib import Path

_FRAME = re.compile(r'\s+File "(.+)", line (\d+), in ')
_INSTALLED = ("site-packages", "dist-packages", "/lib/python")


def last_raised(log: str) -> str:
    """Find the last traceback in what an app printed: its exception, and the innermost line of code not installed.

    Such as `ValueError: bad frame (app.py:12)`; nothing where there is no whole traceback.
    """
    lines = log.rpartition("Traceback (most recent call last):")[2].splitlines()[1:]
    said = next((line for line in lines if line and not line[0].isspace()), "")
    if "Traceback (most recent" not in log or not said:
        return ""
    frames = [match for line in lines[: lines.index(said)] if (match := _FRAME.match(line))]
    own = [match for match in frames if not any(part in match[1] for part in _INSTALLED)]
    return f"{said} ({Path(own[-1][1]).name}:{own[-1][2]})" if own else said


def describe(error: BaseException, root: Path) -> str:
    """Tell the exception, and the frames of files below `root` that led to it, innermost last.

    Frames of installed packages are left out, but for the last resort of an error with no frame of the app's own.
    """
    told = traceback.TracebackException.from_exception(error)
    headline = "".join(told.format_exception_only()).rstrip()
    if isinstance(error, SystemExit):
        headline = f"it left with sys.exit({error.code!r}) before it launched anything"
    frames = [frame for frame in told.stack if _is_own(Path(frame.filename), root)]
    lines = [f"  {frame.filename}, line {frame.lineno}, in {frame.name}: {frame.line}" for frame in frames]
    return "\n".join([headline, *lines])


def _is_own(file: Path, root: Path) -> bool:
    """Whether `file` is the app's own: below its folder, and not in an environment kept there."""
    if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
        return False
    return not {"site-packages", "dist-packages"} & set(file.parts) and file.parent != Path(__file__).parent
