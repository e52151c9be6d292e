"""The GitHub Action and the CI examples: their YAML is sound, and what they call exists."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.markdown import ROOT
from tests.test_docs import check_command

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
GATES = (ROOT / "docs" / "gates.md").read_text()
EXAMPLES: list[dict[str, Any]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GATES, re.DOTALL)]
_EXPRESSION = re.compile(r"\$\{\{\s*inputs\.([\w-]+)\s*\}\}")


def run_step(name: str, folder: Path, *, BASE: str, OUT: str, PAGE: str) -> "subprocess.CompletedProcess[str]":  # noqa: N803 - named as in the step
    """Run the script of one of the action's steps as GitHub does, its inputs at their defaults but for these."""
    (step,) = (step for step in STEPS if step["name"] == name)
    defaults = {key: ACTION["inputs"][_input_of(value)]["default"] for key, value in step["env"].items()}
    given = {"BASE": BASE, "OUT": OUT, "ARGUMENTS": "--no-control --block 2s --json", "GITHUB_STEP_SUMMARY": PAGE}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**os.environ, **defaults, **given, "PATH": path},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def _input_of(value: str) -> str:
    match = _EXPRESSION.fullmatch(value)
    assert match is not None, f"{value} is no input"
    return match[1]


def _commands(script: str) -> list[list[str]]:
    """The gradio-bench commands of a script, its continued lines joined."""
    lines = script.replace("\\\n", " ").splitlines()
    return [shlex.split(line.partition("||")[0]) for line in lines if line.strip().startswith("gradio-bench")]


def test_every_input_is_told_and_used() -> None:
    """Each input has a description and a default and is used, and no step uses another."""
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(ACTION["inputs"])
    assert all(set(one) == {"description", "default"} for one in ACTION["inputs"].values())
    assert ACTION["runs"]["using"] == "composite"


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["name"])
def test_scripts_are_sound_shell_and_get_inputs_as_variables(step: dict[str, Any]) -> None:
    """No input is pasted into a script, where it could be code; each variable is set; bash can read it."""
    assert "${{" not in step["run"]
    named = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", step["run"])) - {"GITHUB_ACTION_PATH"}
    assert named == set(step["env"])
    assert step["shell"] == "bash"
    assert subprocess.run(["bash", "-n", "-c", step["run"]], check=False).returncode == 0


def test_every_command_and_option_exists() -> None:
    """What the action and the examples call is there, and their inputs are the action's."""
    scripts = [step["run"] for step in STEPS if "run" in step]
    github, gitlab = EXAMPLES
    commands = [words for script in [*scripts, *gitlab["gradio-bench"]["script"]] for words in _commands(script)]
    assert [words[1] for words in commands] == ["compare", "run", "compare", "run"]
    for words in commands:
        check_command([re.sub(r"^\$\{\w+:\+", "", word) for word in words])
    (ours,) = (one for one in github["jobs"]["gradio-bench"]["steps"] if "gradio-bench" in str(one.get("uses")))
    assert set(ours["with"]) <= set(ACTION["inputs"])
