"""Cameras and microphones of a process: made once, from the user's files where there are any."""

from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.load.recorders import MediaSettings, Recorders, check_files, refuse_unplayable
from bench.media import camera, sound_file
from bench.wire.endpoint import Endpoint
from tests.media.files import write_picture, write_sound, write_video


def endpoint(kind: str, every_s: float = 0.1) -> Endpoint:
    """An endpoint of this kind."""
    assert kind in {"camera", "microphone"}
    return Endpoint(0, kind, kind, 1, 0, (), (), every_s, None, "none", None, "bounded")  # type: ignore[arg-type]  # narrowed


def settings(video: Path | None = None, audio: Path | None = None) -> MediaSettings:
    """Small pictures, and these files."""
    return MediaSettings(320, 240, video=video, audio=audio)


def test_endpoints_of_one_pace_share_their_recorder(tmp_path: Path) -> None:
    """A video is read once for each tick length, a scene or a picture once for all."""
    film = Recorders(settings(video=write_video(tmp_path / "a.avi", 10, 10)))
    assert film.camera(0.1) is film.camera(0.1)
    assert (film.camera(0.1).loop, film.camera(0.2).loop) == (10, 5)
    for one in (Recorders(settings()), Recorders(settings(video=write_picture(tmp_path / "a.png", 9)))):
        assert one.camera(0.1) is one.camera(0.2)


def test_own_sound_lies_below_the_words(tmp_path: Path) -> None:
    """Chunks of the same words differ by the sound, and are as long as without it."""
    words = Recorders(settings()).microphone(1.0).chunk(0, 0)
    laid_over = Recorders(settings(audio=write_sound(tmp_path / "a.wav", 0.3))).microphone(1.0).chunk(0, 0)
    assert laid_over.words == words.words
    assert len(laid_over.wav) == len(words.wav)
    assert laid_over.wav != words.wav


def test_preparing_makes_what_the_endpoints_need(tmp_path: Path) -> None:
    """After `prepare` nothing is read any more: the files may be gone."""
    video, audio = write_video(tmp_path / "a.avi", 4, 10), write_sound(tmp_path / "a.wav", 0.3)
    recorders = Recorders(settings(video, audio))
    recorders.prepare([endpoint("camera"), endpoint("microphone", 1.0)])
    audio.unlink()
    made = recorders.camera(0.1), recorders.microphone(1.0)
    recorders.prepare([endpoint("camera"), endpoint("microphone", 1.0)])
    assert (recorders.camera(0.1), recorders.microphone(1.0)) == made


def test_what_is_left_out_of_a_long_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file cut to what memory allows brings a notice with the seconds that are played."""
    monkeypatch.setattr(camera, "MOST_BYTES", 1)
    monkeypatch.setattr(sound_file, "MOST_S", 1.0)
    told: list[str] = []
    video, audio = write_video(tmp_path / "a.avi", 10, 10), write_sound(tmp_path / "a.wav", 2.0)
    Recorders(settings(video, audio), notice=told.append).prepare([endpoint("camera"), endpoint("microphone", 1.0)])
    assert ["a.avi" in told[0], "0.1 s" in told[0], "a.wav" in told[1], "1 s" in told[1]] == [True] * 4


def test_files_are_checked_before_anything_starts(tmp_path: Path) -> None:
    """A file that cannot be played is wrong usage, without a camera being made."""
    (tmp_path / "words.txt").write_text("words")
    for one in (settings(video=tmp_path / "words.txt"), settings(audio=tmp_path / "words.txt")):
        with pytest.raises(UsageError):
            check_files(one)


def test_a_file_that_nobody_plays_is_wrong_usage(tmp_path: Path) -> None:
    """A video for an app of microphones only, or a sound for one of cameras only, is a mistake to be told."""
    video, audio = settings(video=tmp_path / "a.avi"), settings(audio=tmp_path / "a.wav")
    refuse_unplayable(video, [endpoint("camera"), endpoint("microphone")])
    with pytest.raises(UsageError, match="--video"):
        refuse_unplayable(video, [endpoint("microphone")])
    with pytest.raises(UsageError, match="--audio"):
        refuse_unplayable(audio, [endpoint("camera")])
