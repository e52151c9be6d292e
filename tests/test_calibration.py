"""Error bars of a machine are kept for it, and for no other."""

import platform
from pathlib import Path

import orjson
import pytest

from bench.calibration import keep, machine, recall

BARS = {"latency_bias_s": 0.0001, "frames_per_s": 480.0}


def test_what_is_kept_is_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes back as it was given, from the user's own cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert recall() is None
    assert keep(BARS) == tmp_path / "gradio-bench" / "selfcheck.json"
    assert recall() == BARS


@pytest.mark.parametrize("changed", ["cpu", "cpus", "python", "locust"])
def test_another_machine_has_no_bars(changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another processor, or another version of what measures, and the bars say nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = keep(BARS)
    assert path is not None
    kept = orjson.loads(path.read_bytes())
    kept["machine"][changed] = "another"
    path.write_bytes(orjson.dumps(kept))
    assert recall() is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"schema": "gradio-bench-error-bars/1"}'])
def test_a_broken_file_is_none(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever became of the file, a run only does without it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "gradio-bench").mkdir()
    (tmp_path / "gradio-bench" / "selfcheck.json").write_bytes(content)
    assert recall() is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the folder should be: nothing is kept, and nobody is stopped."""
    (tmp_path / "gradio-bench").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert keep(BARS) is None


def test_the_machine_is_described_without_its_name() -> None:
    """What error bars depend on, and no host name."""
    assert {"cpu", "cpus", "python", "locust", "gevent"} <= set(machine())
    assert platform.node() not in map(str, machine().values())
