"""Viewers go on sending while their stream waits in the queue, which no browser does."""

import gevent

from bench.load.users import StreamUser
from bench.load.viewer import Viewer

_tick = Viewer._tick


def eager_tick(viewer: Viewer, frame: int, tick_s: float) -> None:
    """Send where a browser would skip."""
    stream = viewer._stream
    if stream is None or stream.over or stream.open or not stream.event_id:
        _tick(viewer, frame, tick_s)
    else:
        books = viewer._books[-1]
        gevent.spawn_raw(viewer._send, stream, books, books.send(frame, tick_s, join=False))


setattr(Viewer, "_tick", eager_tick)  # noqa: B010 - an assignment to a method is refused by mypy


class EagerViewer(StreamUser):
    """Drives whatever there is."""
