"""Every picture counts as shown 5 ms later than it was."""

from dataclasses import replace

from bench.load.users import StreamUser
from bench.wire.transport import GeventTransport, Reply

LATE_S = 0.005
_get = GeventTransport.get


def late_get(transport: GeventTransport, path: str) -> Reply:
    """Fetch, and be wrong about when."""
    reply = _get(transport, path)
    return replace(reply, done_s=reply.done_s + LATE_S)


setattr(GeventTransport, "get", late_get)  # noqa: B010 - an assignment to a method is refused by mypy


class LateViewer(StreamUser):
    """Drives whatever there is."""
