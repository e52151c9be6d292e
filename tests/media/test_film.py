"""Films: videos and pictures as a camera that ticks sees them."""

from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.media import camera
from bench.media.camera import Camera
from bench.media.film import Film
from bench.media.reading import read_mark
from tests.media.files import GREY_STEP, write_picture, write_video


def shown(film: Film, every_s: float) -> list[int]:
    """Which frames of a test's video the ticks see."""
    return [round(float(picture.mean()) / GREY_STEP) for picture in film.pictures(every_s)]


@pytest.mark.parametrize(("name", "code"), [("clip.avi", "MJPG"), ("clip.mp4", "mp4v")])
def test_a_video_plays_at_its_own_speed(name: str, code: str, tmp_path: Path) -> None:
    """A camera slower than the video sees every so many frames of it, to its end."""
    film = Film(write_video(tmp_path / name, 30, 30, code=code))
    assert shown(film, 0.1) == list(range(0, 30, 3))
    assert film.ticks(0.1) == 10


def test_a_slow_video_shows_pictures_again(tmp_path: Path) -> None:
    """A camera faster than the video sees each of its frames several times."""
    film = Film(write_video(tmp_path / "clip.avi", 4, 5))
    assert shown(film, 0.1) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_picture_is_a_film_of_one(tmp_path: Path) -> None:
    """A picture file gives one picture, not the series its number may begin."""
    write_picture(tmp_path / "photo2.png", 200)
    film = Film(write_picture(tmp_path / "photo1.png", 100))
    assert [int(picture.mean()) for picture in film.pictures(0.1)] == [100]
    assert (film.still, film.ticks(0.1)) == (True, 1)


def test_what_is_no_film_is_wrong_usage(tmp_path: Path) -> None:
    """A file that is missing, a folder, empty or of another kind is told, with what would do."""
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "words.mp4").write_text("These are words.\n" * 100)
    for name in ("nonsuch.mp4", "", "empty.mp4", "words.mp4"):
        with pytest.raises(UsageError) as caught:
            Film(tmp_path / name)
        assert "MP4" in caught.value.remedy


def test_a_camera_loops_the_film_under_its_marks(tmp_path: Path) -> None:
    """Every frame carries its mark whatever is filmed, and the film begins again at its end."""
    film = Film(write_video(tmp_path / "clip.avi", 4, 10))
    one = Camera(320, 240, seed=1, pictures=film.pictures(0.1))
    assert (one.loop, one.whole) == (4, True)
    for frame in range(9):
        identity = read_mark(one.jpeg(3, frame), one.layout)
        assert identity is not None
        assert (identity.viewer, identity.frame) == (3, frame)


def test_a_film_that_does_not_fit_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera keeps as many pictures as its memory allows, at least one, and says that there were more."""
    film = Film(write_video(tmp_path / "clip.avi", 12, 10))
    whole = Camera(320, 240, seed=1, pictures=film.pictures(0.1))
    monkeypatch.setattr(camera, "MOST_BYTES", sum(one.size for one in whole._templates[:5]))
    cut = Camera(320, 240, seed=1, pictures=film.pictures(0.1))
    assert (cut.loop, cut.whole) == (5, False)
    monkeypatch.setattr(camera, "MOST_BYTES", 1)
    assert Camera(320, 240, seed=1, pictures=film.pictures(0.1)).loop == 1
