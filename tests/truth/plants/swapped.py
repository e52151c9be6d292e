"""One frame of the whole run that was overwritten is said to be cut off."""

from bench.ledger import Fate
from bench.load.books import StreamBooks
from bench.load.entries import SentFrame
from bench.load.users import StreamUser

_settle = StreamBooks._settle
_swapped: list[int] = []


def swapping_settle(books: StreamBooks, sent: SentFrame, fate: Fate, *, certain: bool = True) -> None:
    """Settle a frame, and the first one overwritten wrongly."""
    if fate is Fate.OVERWRITTEN and not _swapped:
        _swapped.append(sent.frame)
        fate = Fate.CUT_OFF
    _settle(books, sent, fate, certain=certain)


setattr(StreamBooks, "_settle", swapping_settle)  # noqa: B010 - an assignment to a method is refused by mypy


class SwappingViewer(StreamUser):
    """Drives whatever there is."""
