"""Sound files of the user's own."""

from pathlib import Path

import numpy as np
import pytest

from bench.errors import UsageError
from bench.media import sound_file
from bench.media.sound_file import read_sound
from tests.media.files import write_sound


def test_a_wav_file_is_read_whole(tmp_path: Path) -> None:
    """All samples of a short file are there, at its own rate."""
    sound, whole = read_sound(write_sound(tmp_path / "a.wav", 1.5))
    assert (len(sound.samples), sound.rate_hz, whole) == (72_000, 48_000, True)
    assert np.abs(sound.samples).max() == pytest.approx(0.5, abs=0.01)


def test_a_long_file_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file longer, or larger, than the bound the beginning is read, and that it was cut is told."""
    path = write_sound(tmp_path / "a.wav", 1.5)
    monkeypatch.setattr(sound_file, "MOST_S", 1.0)
    assert [len(read_sound(path)[0].samples), read_sound(path)[1]] == [48_000, False]
    monkeypatch.setattr(sound_file, "_MOST_BYTES", 44 + 2 * 24_000)
    assert [len(read_sound(path)[0].samples), read_sound(path)[1]] == [24_000, False]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("talk.mp3", b"ID3\x04 and so on", "ffmpeg -i .*talk.mp3 .*talk.wav"),
        ("talk.wav", b"RIFF....WAVEfmt ", "ffmpeg -i .*talk.wav .*talk-pcm.wav"),
        ("talk.wav", b"", "no WAV file"),
    ],
)
def test_another_kind_of_file_is_told_how_to_convert(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    """What cannot be decoded is refused with a command that would make it playable."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=says):
        read_sound(tmp_path / name)


def test_no_sound_is_refused(tmp_path: Path) -> None:
    """A file that is missing, has no samples, or is silent is wrong usage."""
    for path in (tmp_path / "no.wav", write_sound(tmp_path / "e.wav", 0), write_sound(tmp_path / "s.wav", 1, level=0)):
        with pytest.raises(UsageError, match="WAV"):
            read_sound(path)
