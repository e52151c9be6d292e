"""The main findings provoked on real apps, each run through the command as a user would."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, command

pytestmark = pytest.mark.slow

APPS = ROOT / "tests" / "apps"
SHORT = ("--warmup", "0s", "--duration", "6s")
PROVOKED: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "slow handlers": ((str(APPS / "slow_handler.py"), "--viewers", "2"), {"overwritten", "lost_sound", "slow_part"}),
    "Gradio's default limit": (
        ("--endpoint", "unified", "--viewers", "4", "--stream-every", "0.5", "--time-limit", "1"),
        {"default_limit", "long_waits"},
    ),
    "no time_limit": (
        ("--endpoint", "unified", "--viewers", "2", "--stream-every", "0.5", "--time-limit", "none"),
        {"default_limit", "starved"},
    ),
    "a picture of everybody's": ((str(APPS / "leaky.py"), "--endpoint", "show", "--viewers", "3"), {"cross_talk"}),
    "a transcript of everybody's": ((str(APPS / "leaky.py"), "--endpoint", "hear", "--viewers", "3"), {"state_errors"}),
    "shared limits": ((str(APPS / "shared_slots.py"), "--viewers", "9", "--stream-every", "1"), {"lower_limit"}),
    "a handler that raises": ((str(APPS / "hostile.py"), "--viewers", "2"), {"failed"}),
}


@pytest.mark.parametrize("name", PROVOKED)
def test_a_real_app_provokes_it(name: str, tmp_path: Path) -> None:
    """What is wrong with the app is found in a run of six seconds, and told first on the terminal."""
    options, expected = PROVOKED[name]
    done = command("gradio-bench", "run", *options, *SHORT, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    findings = json.loads((tmp_path / "out" / "results.json").read_text())["findings"]
    found = {one["id"] for one in findings}
    assert found >= expected
    assert "healthy" not in found
    told = next(one for one in findings if one["id"] != "generator_unhealthy")
    assert told["remedy"].split()[0] in done.stdout
