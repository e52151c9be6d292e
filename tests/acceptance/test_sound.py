"""Microphones, for real: what the app heard, what it lost, and whose words it mixed up."""

import json
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client

from bench.load.target import Target, parse_target
from bench.run import RunSettings, run
from tests.acceptance.conftest import ROOT, command


def drive_audio(folder: Path, *, sleep_s: float, duration_s: float) -> tuple[dict[str, Any], float]:
    """Drive one microphone at the audio page; its results, and the seconds of sound the app itself counted."""
    environment = {"GRADIO_BENCH_AUDIO_SLEEP": str(sleep_s)}
    with Target(parse_target(None), environment=environment) as target:
        settings = RunSettings(
            target=target.url, url=True, viewers=1, duration_s=duration_s, warmup_s=0, endpoints=("audio",), out=folder
        )
        run(settings)
        client = Client(target.url, verbose=False, download_files=False)
        heard = client.predict(api_name="/heard")["audio"]
        client.close()
    (endpoint,) = json.loads((folder / "results.json").read_text())["endpoints"]
    return endpoint, heard


def test_at_the_defaults_every_chunk_is_heard(tmp_path: Path) -> None:
    """The transcript of one viewer is exact: all its words, in order and once, and the seconds agree with the app's."""
    endpoint, heard = drive_audio(tmp_path, sleep_s=0, duration_s=8)
    assert endpoint["attribution"] == "exact"
    assert endpoint["frames"]["delivered"] == endpoint["frames"]["captured"] > 5
    assert endpoint["sound"]["heard_s"] == pytest.approx(heard)
    assert endpoint["sound"]["lost_s"] == 0
    assert set(endpoint["integrity"].values()) == {0}


def test_a_handler_slower_than_its_chunks_loses_sound(tmp_path: Path) -> None:
    """Overwritten chunks are lost sound: the seconds reported heard are those the app itself heard."""
    endpoint, heard = drive_audio(tmp_path, sleep_s=1.6, duration_s=12)
    sound = endpoint["sound"]
    assert endpoint["frames"]["overwritten"] > 2
    assert endpoint["call_s"] == pytest.approx(1.6, rel=0.1)  # the mailbox is no part of a call
    # A chunk that the app is still at when the viewer leaves is heard by the app, and in flight here.
    assert sound["heard_s"] <= heard <= sound["heard_s"] + min(1, endpoint["frames"]["in_flight"]) + 1e-6
    assert sound["lost_s"] >= endpoint["frames"]["overwritten"]
    assert sound["gaps"]["count"] > 0
    assert sound["sent_s"] == pytest.approx(sound["heard_s"] + sound["lost_s"])


def test_a_leaky_app_is_caught_and_a_sound_one_is_not(tmp_path: Path) -> None:
    """State in a global shows as other viewers' words and pictures; the reference app shows none."""
    leaky = ("run", str(ROOT / "tests" / "apps" / "leaky.py"), "--viewers", "6", "--duration", "6s", "--warmup", "0s")
    done = command("gradio-bench", *leaky, "--out", "leaky", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "leaky" / "results.json").read_text())["endpoints"]
    by_name = {one["api_name"]: one["integrity"] for one in found}
    assert by_name["hear"]["state_errors"] > 0
    assert by_name["answer"]["cross_talk"] > 0
    assert by_name["show"]["cross_talk"] > 0

    sound = ("run", "--viewers", "4", "--duration", "5s", "--endpoint", "simple", "--endpoint", "audio")
    done = command("gradio-bench", *sound, "--warmup", "0s", "--out", "sound", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "sound" / "results.json").read_text())["endpoints"]
    by_name = {one["api_name"]: one["integrity"] for one in found}
    assert {name: one["cross_talk"] for name, one in by_name.items()} == {"simple": 0, "audio": 0}
    assert by_name["audio"]["state_errors"] == 0


def test_sound_that_cannot_be_read_back_is_bounded(tmp_path: Path) -> None:
    """An app that returns a streamed audio, or counts samples, is driven and reported as bounded, nothing invented."""
    app = ("run", str(ROOT / "tests" / "apps" / "results.py"), "--viewers", "2", "--duration", "6s", "--warmup", "0s")
    done = command("gradio-bench", *app, "--endpoint", "hear", "--endpoint", "echo", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for one in json.loads((tmp_path / "out" / "results.json").read_text())["endpoints"]:
        assert one["attribution"] == "bounded"
        assert one["frames"]["delivered"] > 3
        assert one["frames"]["unattributed"] == 0
        assert one["latency_s"]["count"] > 0
        assert one["staleness_s"] is None
        assert one["sound"]["heard_s"] > 0
