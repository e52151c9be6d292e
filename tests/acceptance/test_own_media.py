"""Runs with the user's own video, sound and inputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.errors import UsageError
from bench.ledger import Ledger
from bench.run import RunSettings, run
from tests.acceptance.conftest import ROOT, command
from tests.apps.running import running
from tests.media.files import write_sound, write_video

APPS = ROOT / "tests" / "apps"


def test_own_media_and_inputs_reach_the_app(tmp_path: Path) -> None:
    """Two processes play the user's video and sound to the app and set its inputs, and every frame is delivered."""
    video = write_video(tmp_path / "grey.avi", 20, 10, size=(640, 480))
    audio = write_sound(tmp_path / "hum.wav", 3.0)
    settings = RunSettings(
        target=str(APPS / "own_media.py"),
        viewers=2,
        processes=2,
        duration_s=4,
        warmup_s=0,
        video=video,
        audio=audio,
        inputs=("Strength=7", "look:Mode=hard", "Words=a=b", 'Tags=["x", "y"]'),
        out=tmp_path / "out",
        environment=(("NOTES", str(tmp_path / "app.jsonl")),),
    )
    seen, heard = run(settings).endpoints
    assert seen.frames.delivered == seen.frames.captured - seen.frames.in_flight
    assert heard.frames.delivered == heard.frames.captured - heard.frames.in_flight
    notes = _app_notes(tmp_path / "app.jsonl")
    looks, listens = [n for n in notes if "grey" in n], [n for n in notes if "hum" in n]
    assert {(n["strength"], n["mode"], n["words"], tuple(n["tags"])) for n in looks} == {(7, "hard", "a=b", ("x", "y"))}
    assert len({round(n["grey"] / 8) for n in looks}) > 8, "the video does not play"
    assert all(n["hum"] for n in listens)


def _app_notes(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--video", "nonsuch.mp4"], ["nonsuch.mp4", "MP4"]),
        (["--audio", "words.mp3"], ["ffmpeg -i words.mp3 words.wav"]),
        (["--input", "Strength"], ["NAME=VALUE"]),
        (["--auth-env", "NONSUCH_LOGIN"], ["NONSUCH_LOGIN"]),
        (["--start-timeout", "soon"], ["--start-timeout"]),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_is_deployed(
    arguments: list[str], words: list[str], tmp_path: Path
) -> None:
    """Exit code 2, what is wrong, what would do; no app was started and no folder is left."""
    (tmp_path / "words.mp3").write_bytes(b"ID3 words")
    (tmp_path / "app.py").write_text("open('started', 'w').close()")
    done = command("gradio-bench", "run", "app.py", *arguments, "--out", "out", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert not (tmp_path / "started").exists()
    assert not (tmp_path / "out").exists()


def test_an_input_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    """A misspelt name gets the names there are: wrong usage, and no folder is left."""
    settings = RunSettings(target=running("odd_layout").url, url=True, inputs=("Strngth=3",), out=tmp_path / "out")
    with pytest.raises(UsageError, match="mirror has Strength, Mode, Note"):
        run(settings)
    assert not (tmp_path / "out").exists()


def test_locust_takes_the_same_options(tmp_path: Path) -> None:
    """`locust` plays the video and sets the input by the same names."""
    write_video(tmp_path / "grey.avi", 20, 10, size=(640, 480))
    done = command(
        "locust",
        *("-f", str(ROOT / "scenarios"), "--headless", "-u", "1", "-t", "2s", "--out", "out"),
        *("--host", running("odd_layout").url, "--endpoint", "mirror"),
        *("--video", "grey.avi", "--input", "mirror:Strength=4"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert Ledger.read(tmp_path / "out" / "ledger").frames.size > 5
