"""Sound as the handlers take it, and the history a session keeps of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from target_app.sound import History, duration_s, mono


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.uint8, np.float32, np.float64])
def test_every_kind_of_sample_becomes_the_same_floats(kind: type[np.generic]) -> None:
    """Half of full scale is a half, silence is 0, whatever the samples' type."""
    samples: NDArray[np.generic] = np.array([0.0, 0.5, -0.5])
    if np.issubdtype(kind, np.integer):
        numbers = np.iinfo(kind)  # type: ignore[type-var]  # only integer kinds come here
        middle = (int(numbers.max) + int(numbers.min) + 1) // 2
        samples = np.array([middle, middle + (numbers.max - middle + 1) // 2, middle - (middle - numbers.min) // 2])
    result = mono(samples.astype(kind))
    assert result.dtype == np.float32
    assert np.allclose(result, [0, 0.5, -0.5])


def test_channels_are_mixed() -> None:
    """Stereo becomes the mean of its channels, as many samples as before."""
    stereo = np.array([[100, 300], [-100, 100]], np.int16)
    assert np.allclose(mono(stereo) * 32768, [200, 0])


def test_durations() -> None:
    """Samples over rate, by frames and not by channels; what is no sound has none."""
    assert duration_s((8000, np.zeros((4000, 2), np.int16))) == 0.5
    assert duration_s(np.zeros((480, 640, 3), np.uint8)) == 0
    assert duration_s(None) == 0


def test_the_last_three_chunks_are_kept() -> None:
    """Older ones are forgotten, but not how long they were."""
    history = History(100)
    for value in range(5):
        history = history.followed_by(np.full(100, value, np.float32))
    assert [chunk[0] for chunk in history.chunks] == [2, 3, 4]
    assert (history.forgotten, history.end) == (200, 500)


@given(st.lists(st.integers(0, 60), max_size=60))
def test_two_seconds_are_kept_however_short_the_chunks(lengths: list[int]) -> None:
    """Where three chunks are too short for a word, more are kept, and the places stay right."""
    history, place = History(100), 0
    for length in lengths:
        history = history.followed_by(np.arange(place, place + length, dtype=np.float32))
        place += length
    tail, start = history.tail(2)
    assert history.end == place
    assert len(tail) == min(200, place)
    assert np.array_equal(tail, np.arange(start, place))
    assert len(history.chunks) <= 3 or sum(map(len, history.chunks[1:])) < 200


def test_sound_of_another_rate_begins_anew() -> None:
    """A microphone changed in mid-session does not mix its sound with the old one's."""
    history = History(100).followed_by(np.zeros(10, np.float32))
    assert history.at(100) is history
    assert (history.at(200).rate_hz, history.at(200).end, history.at(200).chunks) == (200, 0, ())


def test_histories_share_nothing() -> None:
    """Following a history leaves it as it was: two sessions that began with one never hear each other."""
    first = History(100)
    first.followed_by(np.ones(10, np.float32))
    assert first.end == 0
