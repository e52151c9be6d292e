"""Viewers of the `objects` page: the camera beside its picture with boxes round what was found."""

from bench.load.users import StreamUser


class ObjectsViewer(StreamUser):
    """Opens the page and leaves it recording."""

    api_name = "objects"
