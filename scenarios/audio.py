"""Viewers of the `audio` page: the microphone beside a transcript of what it heard."""

from bench.load.users import StreamUser


class AudioViewer(StreamUser):
    """Opens the page and leaves it recording."""

    api_name = "audio"
