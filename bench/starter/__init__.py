"""What `gradio-bench init` puts into a repository: objectives, scenarios, and a gate as a GitHub Actions workflow."""

from dataclasses import dataclass
from pathlib import Path

from bench.errors import UsageError

_HERE = Path(__file__).parent
_SCENARIOS = _HERE.parent.parent / "scenarios"

SLO = "slo.toml"
WORKFLOW = ".github/workflows/gradio-bench.yml"
FILES = {
    SLO: _HERE / "slo.toml",
    "scenarios/anything.py": _SCENARIOS / "anything.py",
    "scenarios/change_filter.py": _SCENARIOS / "change_filter.py",
    WORKFLOW: _HERE / "workflow.yml",
}
"""Each file, relative to the repository, and what it is a copy of."""
APP = "app.py"
"""The app the workflow drives until it is told another."""


@dataclass(frozen=True, slots=True)
class Started:
    """Files that were written, and files that were there already and are as they were; relative to the folder."""

    folder: Path
    written: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def has_app(self) -> bool:
        """Whether the app the workflow names is there."""
        return (self.folder / APP).is_file()

    def words(self) -> list[str]:
        """Tell it in lines, with what to do next."""
        lines = [f"wrote         {name}" for name in self.written]
        lines += [f"left as it is {name}" for name in self.left]
        if not self.has_app:
            lines += ["", f"There is no {APP} here: put your app's name into TARGET in {WORKFLOW}, and in these:"]
        lines += ["", "Next:"] + ([] if self.folder == Path() else [f"  cd {self.folder}"])
        commands = (
            "gradio-bench discover {}",
            "gradio-bench run {} --slo slo.toml",
            "locust -f scenarios/ --target {}",
        )
        return lines + [f"  {command.format(APP)}" for command in commands]


def start(folder: Path) -> Started:
    """Copy the files into `folder`, which is made where it does not exist; none that exists is touched.

    Raises UsageError when the folder cannot be written.
    """
    written = {name: _copy(source, folder / name) for name, source in FILES.items()}
    return Started(
        folder,
        written=tuple(name for name, new in written.items() if new),
        left=tuple(name for name, new in written.items() if not new),
    )


def _copy(source: Path, goal: Path) -> bool:
    """Copy one file; False when something of that name is there."""
    try:
        goal.parent.mkdir(parents=True, exist_ok=True)
        with goal.open("x", encoding="utf-8") as file:
            file.write(source.read_text(encoding="utf-8"))
    except FileExistsError:
        if goal.parent.is_dir():
            return False
        raise UsageError(f"{goal.parent} is not a folder.", "Name another folder, or move that file away.") from None
    except OSError as error:
        raise UsageError(f"Cannot write {goal}: {error.strerror}.", "Name a folder that can be written.") from None
    return True
