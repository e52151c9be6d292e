"""The recognisers, the audio page's handler on them, and listening to speech."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import UsageError
from target_app import dtmf, recognisers
from target_app.pages.audio import Transcriber
from target_app.sound import History, Samples
from target_app.speech import RATE_HZ, Listener, Word, resample
from tests.target_app.keytones import cut, spoken, tone


def test_the_handler_appends_and_remembers() -> None:
    """A digit across two chunks is appended once, to the transcript that came; stereo integers are fine."""
    transcriber = Transcriber(recognisers.find("dtmf"))
    wave = np.round(spoken("42", 48000) * 32767).astype(np.int16)
    history, transcript = History(), "before "
    for chunk in np.split(np.stack([wave, wave], axis=1), [3600]):
        history, transcript = transcriber.transcribe((48000, chunk), history, transcript)
    assert transcript == "before 42"
    assert history.end == len(wave)


def test_nothing_heard_changes_nothing() -> None:
    """None, which a microphone gives at times, and an empty chunk leave history and transcript as they were."""
    transcriber, history = Transcriber(dtmf.recognise), History(8000)
    assert transcriber.transcribe(None, history, "1") == (history, "1")
    after, transcript = transcriber.transcribe((8000, np.zeros(0, np.int16)), history, "1")
    assert (after.end, transcript) == (0, "1")


def test_the_default_recogniser_hears_digits() -> None:
    """`dtmf` needs nothing that is not installed."""
    assert recognisers.find("dtmf") is dtmf.recognise


def test_a_missing_recogniser_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, asking for pocketsphinx is a usage error, not a traceback."""
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    monkeypatch.delitem(sys.modules, "target_app.sphinx", raising=False)
    with pytest.raises(UsageError, match=r"(?s)not installed.*pip install 'gradio-bench\[speech\]'"):
        recognisers.find("pocketsphinx")


def loud_stretches(sound: Samples) -> list[Word]:
    """Stand in for a decoder: a word is a loud stretch, named by how many tenths of a second it lasts."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.abs(sound) > 0.1, [0]])))
    pairs = edges.reshape(-1, 2) / RATE_HZ
    return [(f"{10 * (end - begin):.0f}", (begin + end) / 2) for begin, end in pairs.tolist()]


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=20))
def test_each_word_is_told_once_when_it_is_settled(lengths: list[int]) -> None:
    """Four words, cut into chunks anywhere: each once, in order, but for what the last half second holds."""
    wave = np.zeros(4 * RATE_HZ)
    for start, tenths in ((3000, 1), (16000, 2), (30000, 3), (44000, 4)):
        wave[start : start + tenths * RATE_HZ // 10] = 0.5
    listener, history, text = Listener(loud_stretches), History(RATE_HZ), ""
    for chunk in cut(wave, lengths):
        new = chunk.astype(np.float32)
        text += listener.recognise(new, history)
        history = history.followed_by(new)
    assert text.split() == ["1", "2", "3", "4"]


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000])
def test_resampling_keeps_tones_and_length(rate_hz: int) -> None:
    """A second stays a second, and the digit in it can still be heard at the new rate."""
    sound = resample(tone("5", 1, rate_hz).astype(np.float32), rate_hz, RATE_HZ)
    assert len(sound) == RATE_HZ
    assert dtmf.recognise(sound, History(RATE_HZ)) == "5"
    assert len(resample(np.zeros(0, np.float32), rate_hz, RATE_HZ)) == 0


def test_pocketsphinx_hears_no_words_in_silence() -> None:
    """With the extra installed, its model loads and decodes; silence holds no words."""
    pytest.importorskip("pocketsphinx", reason="the speech extra is not installed")
    recognise = recognisers.find("pocketsphinx")
    assert recognise(np.zeros(RATE_HZ, np.float32), History(RATE_HZ)) == ""
