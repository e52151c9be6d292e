"""gradio-bench compare on real apps: what is slower fails, what is the same does not, and errors need no statistics."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.compare.blocks import read_blocks
from bench.compare.comparison import FAIL, PASS, Pair, Plan, judge
from bench.compare.live import Sides, compare
from bench.errors import UsageError
from bench.ledger import Ledger
from bench.run import RunSettings
from tests.acceptance.conftest import command
from tests.test_action import run_step

APP = """
import gradio as gr

def negative(picture):
    return 255 - picture

with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    result = gr.Image()
    camera.stream(negative, camera, result, stream_every=0.1, time_limit=5)

demo.launch()
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the app as it should be, and a change to it that raises."""
    (tmp_path / "app.py").write_text(APP)
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"]
    for words in (["init", "--quiet"], ["add", "app.py"], [*identity, "commit", "--quiet", "-m", "good"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "app.py").write_text(APP.replace("return", "raise ValueError('no camera')\n    return"))
    return tmp_path


def _reference(sleep_s: float) -> RunSettings:
    """The reference app's simple page with this much work for each frame, at 20 frames a second."""
    return RunSettings(
        duration_s=600.0,
        warmup_s=0.0,
        endpoints=("simple",),
        stream_every="0.05",
        resolution="320x240",
        environment=(("GRADIO_BENCH_SIMPLE_SLEEP", str(sleep_s)),),
    )


@pytest.mark.slow
def test_the_reference_app_is_as_fast_as_itself_and_faster_than_a_slowed_one(tmp_path: Path) -> None:
    """The project's own gate: a slowed app fails, the same app beside itself does not, and the other way round passes.

    One comparison has it all: its control plays the app beside itself, for as many pairs as a verdict takes.
    """
    plan = Plan(effect=0.05, most_pairs=10)
    found = compare(Sides(_reference(0.01), _reference(0.15)), plan, tmp_path, block_s=1.3, control_pairs=10)
    assert found.status == FAIL, found
    assert "latency p50" in found.reasons[0]
    base, twin, head = (read_blocks(Ledger.read(tmp_path / name / "ledger"), 0.7) for name in ("base", "twin", "head"))
    assert (len(base), len(twin), len(head)) == (20, 10, 10)
    same = judge([Pair(*pair) for pair in zip(base[:10], twin, strict=True)], plan, None)
    assert same.status != FAIL, same
    turned = judge([Pair(*pair) for pair in zip(head, base[10:], strict=True)], plan, None)
    assert turned.status == PASS, turned


@pytest.mark.slow
def test_an_error_that_only_head_has_fails_at_once(repository: Path) -> None:
    """The GitHub Action beside the branch: two pairs settle it: exit code 1, JSON, a job's page, no worktree left."""
    page = repository / "page.md"
    done = run_step("Compare with the base", repository, BASE="git:HEAD", OUT=".", PAGE=str(page))
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told == json.loads((repository / "compare" / "comparison.json").read_text())
    assert (told["status"], told["base"], told["pairs"] + told["pairs_left_out"]) == ("fail", "git:HEAD", 2)
    (count,) = (count for count in told["counts"] if count["fails"])
    assert (count["base"], count["head"] > 0) == (0, True)
    assert "❌ failed" in page.read_text()
    listed = subprocess.run(["git", "worktree", "list"], cwd=repository, capture_output=True, text=True, check=True)
    assert len(listed.stdout.splitlines()) == 1


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_compared(repository: Path) -> None:
    """The figures so far are told and written, the exit code is 130, and nothing is left running."""
    program = str(Path(sys.executable).with_name("gradio-bench"))
    words = [program, "compare", "git:HEAD", "git:HEAD:app.py", "--no-control", "--block", "1.5s", "--out", "out"]
    process = subprocess.Popen(words, cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline_s = time.monotonic() + 90
        while not _blocks(repository / "out" / "head") >= 2:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline_s
            time.sleep(0.1)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, stderr
    assert "INCONCLUSIVE" in stdout
    assert json.loads((repository / "out" / "comparison.json").read_text())["pairs"] >= 1
    assert psutil.wait_procs(children, timeout=20)[1] == []
    assert list((repository / ".git").glob("worktrees/*")) == []


def _blocks(folder: Path) -> int:
    """Count a side's finished blocks so far."""
    try:
        return len(read_blocks(Ledger.read(folder / "ledger"), 0.5))
    except Exception:
        return 0


def test_what_cannot_be_compared_is_wrong_usage(tmp_path: Path) -> None:
    """Too few blocks to decide anything, a folder in use, and a misspelt option are refused before anything starts."""
    with pytest.raises(UsageError, match="can decide nothing"):
        compare(Sides(_reference(0), _reference(0)), Plan(most_pairs=4), tmp_path)
    (tmp_path / "results.json").touch()
    with pytest.raises(UsageError, match="already holds"):
        compare(Sides(_reference(0), _reference(0)), Plan(), tmp_path)
    done = command("gradio-bench", "compare", "git:main", "lost.py", cwd=tmp_path)
    assert done.returncode == 2


@pytest.mark.slow
def test_a_side_that_does_not_start_is_named(tmp_path: Path) -> None:
    """HEAD is broken: exit code 4, and the message says which side and why."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "broken.py").write_text("raise RuntimeError('no weights')")
    done = command("gradio-bench", "compare", "app.py", "broken.py", "--no-control", cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "HEAD" in done.stderr
    assert "no weights" in done.stderr
