"""Viewers of whatever an app has: each new one takes the next streaming endpoint."""

from bench.load.users import StreamUser


class AnyViewer(StreamUser):
    """Drives an app the harness has never seen."""

    optional = True
