"""`git:REV`: an app as it was at a revision, checked out beside the repository for as long as it is needed."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import UsageError

PREFIX = "git:"
_REMEDY = "Write it as git:REV:path/app.py, such as git:main:app.py, or git:REV where the other side is a file."


@contextmanager
def resolved(target: str, other: str) -> Iterator[str]:
    """Give the target itself, or the path of its file in a worktree that is removed at the end.

    A path that `target` leaves out is taken from `other`. Raises UsageError for a revision that does not exist, a file
    that it has not got, and a folder that is in no repository.
    """
    if not target.startswith(PREFIX):
        yield target
        return
    revision, _, path = target.removeprefix(PREFIX).partition(":")
    path = path or _path_of(other)
    top = Path(_git(Path(), "rev-parse", "--show-toplevel"))
    commit = _commit(revision)
    folder = Path(tempfile.mkdtemp(prefix="gradio-bench-worktree-"))
    try:
        _git(top, "worktree", "add", "--detach", "--quiet", str(folder / "at"), commit)
        yield str(_file(folder / "at", top, path, revision))
    finally:
        _quietly(top, "worktree", "remove", "--force", str(folder / "at"))
        shutil.rmtree(folder, ignore_errors=True)
        _quietly(top, "worktree", "prune")


def _path_of(other: str) -> str:
    """Take the file from the other side; a module of the current folder is a file too."""
    if other.startswith(PREFIX):
        path = other.removeprefix(PREFIX).partition(":")[2]
    elif ".py" in other and "://" not in other:
        path = other
    else:
        module, _, attribute = other.partition(":")
        candidate = Path(*module.split(".")).with_suffix(".py") if module and attribute else Path()
        path = f"{candidate}:{attribute}" if candidate.is_file() else ""
    if not path:
        raise UsageError("Which file of that revision is the app?", _REMEDY)
    return path


def _file(worktree: Path, top: Path, path: str, revision: str) -> str:
    """Find the same file in the worktree: `path` counts from the current folder."""
    name, dot_py, attribute = path.partition(".py:")
    file = Path(name + ".py" if dot_py else path)
    absolute = file if file.is_absolute() else Path.cwd() / file
    try:
        inside = absolute.resolve().relative_to(top.resolve())
    except ValueError:
        raise UsageError(f"{file} is not in the repository {top}.", _REMEDY) from None
    found = worktree / inside
    if not found.is_file():
        raise UsageError(
            f"{revision} has no file {inside}.", "Name the file as it was called then: git:REV:path/app.py."
        )
    return f"{found}:{attribute}" if attribute else str(found)


def _commit(revision: str) -> str:
    try:
        return _git(Path(), "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except UsageError:
        remedy = "Name a branch, a tag or a commit; in CI, fetch it first (actions/checkout with fetch-depth: 0)."
        raise UsageError(f"There is no revision {revision!r} here.", remedy) from None


def _git(folder: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not installed.", "Install it, or name both apps as files.")
    done = subprocess.run(  # noqa: S603 - arguments are a list, and the revision follows --end-of-options
        [git, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UsageError(
            f"git {arguments[0]} failed: {done.stderr.strip() or done.returncode}.", "Run it in your repository."
        )
    return done.stdout.strip()


def _quietly(folder: Path, *arguments: str) -> None:
    with suppress(UsageError):  # the folder goes anyway
        _git(folder, *arguments)
