"""The cameras and microphones of a process: made once for each tick length, and kept from run to run."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gevent

from bench.errors import UsageError
from bench.media.camera import Camera
from bench.media.film import Film
from bench.media.mark import MarkLayout, Picture
from bench.media.microphone import Microphone
from bench.media.sound_file import read_sound
from bench.media.wav import Sound
from bench.media.word import WordLayout
from bench.units import MOST_VIEWERS
from bench.wire.endpoint import Endpoint

_TELL_EVERY_S = 0.5

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """What is recorded: pictures of width × height pixels and a JPEG quality; chunks longer or shorter by `jitter`.

    `video` and `audio` are files of the user's own, played in place of the synthetic scene and below the words.
    """

    width: int = 640
    height: int = 480
    quality: int = 85
    seed: int = 0
    jitter: float = 0.0
    video: Path | None = None
    audio: Path | None = None


def check_files(settings: MediaSettings) -> None:
    """Look whether the user's files can be played; raises UsageError when one cannot."""
    if settings.video is not None:
        Film(settings.video)
    if settings.audio is not None:
        read_sound(settings.audio)


def refuse_unplayable(settings: MediaSettings, endpoints: Iterable[Endpoint]) -> None:
    """Raise UsageError for a file that none of the endpoints could be played."""
    kinds = {endpoint.kind for endpoint in endpoints}
    if settings.video is not None and "camera" not in kinds:
        raise UsageError("--video: the app has no camera endpoint to play it to.", "Leave it out.")
    if settings.audio is not None and "microphone" not in kinds:
        raise UsageError("--audio: the app has no microphone endpoint to play it to.", "Leave it out.")


def refuse_too_many(viewers: int, settings: MediaSettings, endpoints: Iterable[Endpoint] = ()) -> None:
    """Raise UsageError for more viewers at once than a run can have, or than marks tell apart.

    A viewer's number is the run's, whatever its endpoint: so all must fit each endpoint's marks.
    """
    size = f"{settings.width}x{settings.height}"
    fits = [(MarkLayout.for_size(settings.width, settings.height).viewers, f"pictures of {size} tell apart")]
    fits += [
        (WordLayout.for_chunks(one.stream_every_s).viewers, f"words in {one.api_name}'s chunks of sound tell apart")
        for one in endpoints
        if one.kind == "microphone"
    ]
    most, why = min(fits)
    if viewers > MOST_VIEWERS < most:
        most, why = MOST_VIEWERS, f"one run can have ({size} would tell {most} apart)"
    if viewers > most:
        more = "a larger --resolution" if "pictures" in why else "other endpoints with --endpoint"
        remedy = "Use fewer." if most == MOST_VIEWERS else f"Use fewer, or {more}."
        raise UsageError(f"{viewers} viewers are more than the {most} that {why}.", remedy)


class Recorders:
    """Makes cameras and microphones; `preparing` is told how far a long file is, `notice` what was left out of one."""

    def __init__(
        self, settings: MediaSettings, preparing: Tell = lambda _text: None, notice: Tell = lambda _text: None
    ) -> None:
        self.settings = settings
        self.layout = MarkLayout.for_size(settings.width, settings.height)
        self._preparing, self._notice = preparing, notice
        self._cameras: dict[float, Camera] = {}
        self._microphones: dict[float, Microphone] = {}
        self._sound: Sound | None = None

    def prepare(self, endpoints: Iterable[Endpoint]) -> None:
        """Make what viewers of these will need, so that none waits for it; other greenlets go on meanwhile.

        Raises UsageError when a file cannot be played.
        """
        for endpoint in endpoints:
            if endpoint.kind == "camera":
                self.camera(endpoint.stream_every_s)
            else:
                self.microphone(endpoint.stream_every_s)

    def camera(self, stream_every_s: float) -> Camera:
        """Give the cameras of this tick length; a scene or a picture looks the same whatever the length."""
        film = None if self.settings.video is None else Film(self.settings.video)
        key = 0.0 if film is None or film.still else stream_every_s
        if key not in self._cameras:
            self._cameras[key] = self._filmed(film, stream_every_s)
        return self._cameras[key]

    def microphone(self, stream_every_s: float) -> Microphone:
        """Give the microphones of this chunk length."""
        if stream_every_s not in self._microphones:
            own = self.settings
            self._microphones[stream_every_s] = Microphone(
                stream_every_s, seed=own.seed, jitter=own.jitter, sound=self._own_sound()
            )
        return self._microphones[stream_every_s]

    def identities(self, endpoint: Endpoint) -> int:
        """How many viewers of an endpoint can be told apart."""
        layout = self.layout if endpoint.kind == "camera" else self.microphone(endpoint.stream_every_s).layout
        return layout.viewers

    def _filmed(self, film: Film | None, every_s: float) -> Camera:
        own = self.settings
        pictures = None if film is None else self._told(film.pictures(every_s), film.ticks(every_s))
        camera = Camera(own.width, own.height, seed=own.seed, quality=own.quality, pictures=pictures)
        if not camera.whole:
            self._notice(
                f"{own.video}: its first {camera.loop * every_s:.1f} s are played, {camera.loop} pictures, one a tick; "
                "more of that size would take too much memory."
            )
        return camera

    def _told(self, pictures: Iterator[Picture], total: int | None) -> Iterator[Picture]:
        told_s = time.monotonic()
        for number, picture in enumerate(pictures, 1):
            yield picture
            gevent.sleep(0)  # decoding takes a while: a worker's heartbeat must not miss it
            if time.monotonic() - told_s > _TELL_EVERY_S:
                told_s = time.monotonic()
                self._preparing(f"Reading {self.settings.video}: {number} of {total or 'many'} pictures ...")

    def _own_sound(self) -> Sound | None:
        path = self.settings.audio
        if path is not None and self._sound is None:
            self._sound, whole = read_sound(path)
            if not whole:
                seconds = len(self._sound.samples) / self._sound.rate_hz
                self._notice(f"{path}: its first {seconds:.0f} s are played; more would take too much memory.")
        return self._sound
