"""Viewers of the `unified` page: the camera whose picture is replaced by the filtered one."""

from bench.load.users import StreamUser


class UnifiedViewer(StreamUser):
    """Opens the page and leaves the camera on."""

    api_name = "unified"
