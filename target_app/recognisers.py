"""The recognisers that the audio page can listen with, by name."""

from collections.abc import Callable

from bench.errors import UsageError
from target_app import dtmf
from target_app.settings import RecogniserName
from target_app.sound import History, Samples
from target_app.speech import Listener

Recogniser = Callable[[Samples, History], str]
"""A new chunk and the sound before it in, the text that is new with it out."""


def find(name: RecogniserName) -> Recogniser:
    """Get a recogniser ready. Raises UsageError when what it needs is not installed."""
    return dtmf.recognise if name == "dtmf" else _pocketsphinx()


def _pocketsphinx() -> Recogniser:
    try:
        from target_app.sphinx import Sphinx  # noqa: PLC0415 - only who asks for it needs it installed
    except ImportError:
        raise UsageError(
            "The pocketsphinx recogniser is not installed.", "Run: pip install 'gradio-bench[speech]'"
        ) from None
    return Listener(Sphinx().decode).recognise
