"""Gates on real apps: a slow one, a leaky one, one that is well, and files of objectives that make no sense."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import ROOT, command

APPS = ROOT / "tests" / "apps"
LEAKY = (str(APPS / "leaky.py"), "--endpoint", "show", "--viewers", "3", "--stream-every", "0.2", "--warmup", "1s")
ASKED = 'cross_talk = 0\nrejected = "< 0.5 %"\n'


def _results(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return found


def _statuses(verdict: dict[str, Any]) -> dict[str, str]:
    return {check["figure"]: check["status"] for check in verdict["checks"]}


def _slo(folder: Path, text: str) -> str:
    path = folder / "asked.toml"
    path.write_text(text)
    return str(path)


@pytest.fixture(scope="module", name="leaky")
def a_leaky_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three viewers of an app that shows everybody the same picture, for a few seconds, held against objectives."""
    folder = tmp_path_factory.mktemp("leaky")
    slo = _slo(folder, ASKED)
    done = command("gradio-bench", "run", *LEAKY, "--duration", "6s", "--slo", slo, "--out", "out", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "cross_talk == 0" in done.stdout
    return folder / "out"


def test_a_leak_fails_however_short_the_run(leaky: Path) -> None:
    """Another viewer's picture is a failure at once; half a per cent takes more frames, and says how many."""
    verdict = _results(leaky)["verdict"]
    checks = {check["figure"]: check for check in verdict["checks"]}
    assert _statuses(verdict) == {"cross_talk": "fail", "rejected": "inconclusive"}
    assert checks["rejected"]["needed"] > 0
    assert "<h1>Fail</h1>" in (leaky / "report.html").read_text()


def test_a_run_that_is_over_is_judged_again(leaky: Path, tmp_path: Path) -> None:
    """Pass, fail and inconclusive are exit codes; --json, --baseline, junit and results.json alone tell the same."""

    def gate(asked: str, *more: str, run: Path = leaky) -> tuple[int, dict[str, Any]]:
        done = command("gradio-bench", "gate", str(run), "--slo", _slo(tmp_path, asked), "--json", *more, cwd=tmp_path)
        return done.returncode, json.loads(done.stdout) if done.returncode != 2 else {}

    assert gate('rejected = "< 50 %"\nunaccounted = 0')[0] == 0
    assert gate('rejected = "< 0.5 %"')[0] == 3
    assert gate("cross_talk = 0", "--export", "junit")[0] == 1
    assert 'failures="1"' in (leaky / "junit.xml").read_text()
    alone = Path(shutil.copy(leaky / "results.json", tmp_path / "base.json"))
    code, verdict = gate(ASKED, run=alone)
    assert (code, _statuses(verdict)) == (1, {"cross_talk": "fail", "rejected": "inconclusive"})
    code, verdict = gate("unaccounted = 0", "--baseline", str(alone))
    compared = {check["figure"]: check["status"] for check in verdict["checks"][1:]}
    assert code in {0, 3}
    assert compared["cross_talk"] == compared["errors"] == "pass"
    assert "weaker" in verdict["note"]
    assert gate("[endpoint.shows]\ncross_talk = 0")[0] == 2
    own = command("gradio-bench", "gate", str(leaky), cwd=tmp_path)
    assert own.returncode == 1
    assert "cross_talk == 0" in own.stdout


def test_a_hopeless_run_is_ended(tmp_path: Path) -> None:
    """A handler of a quarter of a second loses most frames of a camera of ten a second: that needs no whole minute."""
    asked = 'delivered_of_sent = ">= 90 %"\nlatency_p95 = "< 50 ms"\nabort_on_fail = true\nabort_delay = "2 s"'
    slow = (str(APPS / "slow_handler.py"), "--endpoint", "slowly", "--viewers", "2", "--warmup", "1s")
    arguments = (*slow, "--duration", "60s", "--slo", _slo(tmp_path, asked), "--out", "out")
    done = command("gradio-bench", "run", *arguments, cwd=tmp_path)
    results = _results(tmp_path / "out")
    assert done.returncode == 1, done.stderr
    assert results["run"]["measured_s"] < 30
    failed = [check for check in results["verdict"]["checks"] if check["status"] == "fail"]
    assert any("the run was ended" in check["reason"] for check in failed)
    assert "the run was ended" in " ".join(done.stdout.split())


def test_locust_holds_a_run_too(tmp_path: Path) -> None:
    """An app that is well passes with exit code 0, and its verdict is on the page; too short a run is a 3."""
    asked = 'errors = 0\ncross_talk = 0\nlatency_p50 = "< 10 s"\n'
    locust = ("-f", str(ROOT / "scenarios" / "anything.py"), "--headless", "-u", "1", "-t", "5s")
    app = ("--target", str(APPS / "live_interface.py"))
    done = command("locust", *locust, *app, "--slo", _slo(tmp_path, asked), "--out", "good", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "good" / "report.html").read_text()
    assert "<h1>Pass</h1>" in page
    assert "latency_p50 &lt; 10 s" in page
    short = ("--slo", _slo(tmp_path, 'latency_p99 = "< 10 s"'), "--out", "short")
    done = command("locust", *locust[:-1], "3s", *app, *short, cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert re.search(r"Needs \d+ more frames", " ".join(done.stdout.split()))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('latency_p59 = "< 1 s"', "Did you mean"),
        ('latency_p95 = "< 1 sec"', "Did you mean s"),
        ("cross_talk = 0\n[endpoint.flop]\ncross_talk = 0", "Did you mean flip"),
    ],
)
@pytest.mark.parametrize("program", ["gradio-bench", "locust"])
def test_what_makes_no_sense_ends_before_the_run(tmp_path: Path, program: str, asked: str, told: str) -> None:
    """A misspelt word is told with the nearest one before anything is deployed, a page as soon as its app is known."""
    slo, app = ("--slo", _slo(tmp_path, asked), "--out", "out"), str(APPS / "live_interface.py")
    run = ("run", app, "--duration", "2s")
    users = ("-f", str(ROOT / "scenarios" / "anything.py"), "--headless", "-u", "1", "-t", "2s", "--target", app)
    done = command(program, *(run if program == "gradio-bench" else users), *slo, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert not (tmp_path / "out").exists()
