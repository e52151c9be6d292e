"""Marks take longer to read than pictures take to come."""

from gevent.monkey import get_original

from bench.load import screen
from bench.load.users import StreamUser
from bench.media.mark import Identity, MarkLayout
from bench.media.reading import read_mark

READING_S = 0.15
_sleep = get_original("time", "sleep")  # the patched one does not block the thread that reads


def slow_read(image: bytes, layout: MarkLayout) -> Identity | None:
    """Read, and take one's time."""
    _sleep(READING_S)
    return read_mark(image, layout)


setattr(screen, "read_mark", slow_read)  # noqa: B010 - an assignment to a module is refused by mypy


class PatientViewer(StreamUser):
    """Drives whatever there is."""
