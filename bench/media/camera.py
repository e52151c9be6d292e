"""A synthetic camera: marked JPEG frames of a moving scene, minted by splicing instead of encoding."""

from collections.abc import Iterable

import pybase64

from bench.errors import UsageError
from bench.media.mark import MarkLayout, Picture
from bench.media.scenes import fit, room
from bench.media.splice import Splicer, Template

_LEAST_QUALITY, _MOST_QUALITY = 30, 100  # coarser quantisation than 30 begins to smear the cells
MOST_BYTES = 96 * 2**20
"""Of encoded pictures that are kept: some 800 of 640×480, over a minute at 10 fps. Each process keeps its own."""
_STRIDE = 5  # scene pictures between one viewer and the next: neighbours do not show the same picture


class Camera:
    """The cameras of all viewers of one resolution and JPEG quality, each at its own phase of one looped scene.

    `pictures` (any number of BGR arrays, shape (h, w, 3), uint8) replace the seeded synthetic scene; they are cropped
    and resized to fit, encoded at once, and kept, as many of them as fit into MOST_BYTES: `loop` is their number,
    `whole` tells whether that was all. Equal arguments give equal frames.
    Raises UsageError when the size cannot carry a mark, the quality is out of range, or `pictures` is empty.
    """

    def __init__(
        self, width: int, height: int, *, seed: int, quality: int = 85, pictures: Iterable[Picture] | None = None
    ) -> None:
        if not _LEAST_QUALITY <= quality <= _MOST_QUALITY:
            raise UsageError(
                f"JPEG quality {quality} is out of range.", f"Use {_LEAST_QUALITY} to {_MOST_QUALITY}; browsers use 92."
            )
        self.layout = MarkLayout.for_size(width, height)
        splicer = Splicer(self.layout, quality)
        scene = room(width, height, seed) if pictures is None else (fit(picture, width, height) for picture in pictures)
        self._templates: list[Template] = []
        self.whole = self._keep(splicer.template(picture) for picture in scene)
        self.loop = len(self._templates)
        if not self._templates:
            raise UsageError("There is no picture to show.", "Name a video file that has at least one frame.")

    def _keep(self, templates: Iterable[Template]) -> bool:
        room_left = MOST_BYTES
        for template in templates:
            room_left -= template.size
            if room_left < 0 and self._templates:
                return False
            self._templates.append(template)
        return True

    def base64(self, viewer: int, frame: int) -> bytes:
        """Mint the viewer's marked JPEG as base64, without `data:` prefix: what goes into a request body.

        Raises UsageError when the layout cannot tell so many viewers apart.
        """
        template = self._templates[(frame + _STRIDE * viewer) % len(self._templates)]
        return template.fill(self.layout.code(viewer, frame))

    def jpeg(self, viewer: int, frame: int) -> bytes:
        """Mint the viewer's marked frame as a JPEG file. Raises UsageError as `base64` does."""
        return pybase64.b64decode(self.base64(viewer, frame))
