"""Viewers of the `filters` page: the camera beside its filtered picture."""

from bench.load.users import StreamUser


class FiltersViewer(StreamUser):
    """Opens the page and leaves the camera on."""

    api_name = "filters"
