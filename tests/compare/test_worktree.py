"""git:REV, an app as it was."""

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from bench.compare.worktree import resolved
from bench.errors import UsageError


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose app changed after the tag `then`, and the folder of the app as the current one."""

    def git(*words: str) -> str:
        identity = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
        return subprocess.run(
            ["git", *identity, *words], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    git("init", "--quiet")
    folder = tmp_path / "apps"
    folder.mkdir()
    (folder / "app.py").write_text("then")
    git("add", ".")
    git("commit", "--quiet", "-m", "then")
    git("tag", "then")
    (folder / "app.py").write_text("now")
    monkeypatch.chdir(folder)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "other", "attribute"),
    [
        ("git:then:app.py", "", ""),
        ("git:then", "app.py", ""),
        ("git:then", "app.py:demo", ":demo"),
        ("git:then", "app:demo", ":demo"),
        ("git:then", "git:HEAD:app.py", ""),
    ],
)
def test_the_file_of_a_revision(repository: Path, target: str, other: str, attribute: str) -> None:
    """It is checked out beside the repository, the path taken from the other side if need be, and gone afterwards."""
    with suppress(KeyboardInterrupt), resolved(target, other) as found:
        path, _, named = found.partition(".py:")
        file = Path(path + ".py" if named else path)
        assert file.read_text() == "then"
        assert found.endswith(attribute)
        raise KeyboardInterrupt
    assert not file.exists()
    listed = subprocess.run(["git", "worktree", "list"], capture_output=True, text=True, check=True)
    assert len(listed.stdout.splitlines()) == 1
    assert (repository / "apps" / "app.py").read_text() == "now"


@pytest.mark.parametrize(
    ("target", "other", "words"),
    [
        ("git:never:app.py", "", "no revision 'never'"),
        ("git:then:lost.py", "", "no file apps/lost.py"),
        ("git:then", "http://127.0.0.1:7860", "Which file"),
        ("git:--help:app.py", "", "no revision"),
    ],
)
def test_what_is_not_there_is_named(repository: Path, target: str, other: str, words: str) -> None:
    """A wrong revision or file is wrong usage, before anything is deployed, and leaves no worktree."""
    with pytest.raises(UsageError, match=words), resolved(target, other):
        pass
    assert len(list((repository / ".git").glob("worktrees/*"))) == 0


def test_other_targets_stay_as_they_are() -> None:
    """A file, a module and a URL need no repository."""
    with resolved("app.py", "git:x") as found:
        assert found == "app.py"
