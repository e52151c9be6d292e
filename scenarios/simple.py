"""Viewers of the `simple` page: the camera that comes back unmodified."""

from bench.load.users import StreamUser


class SimpleViewer(StreamUser):
    """Opens the page and leaves the camera on."""

    api_name = "simple"
