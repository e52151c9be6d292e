"""What is compared: pages of the reference app, with a fast and a slow handler, with and without a queue."""

from dataclasses import dataclass

SLOW_S = 0.5
TURN_S = {"camera": 2.0, "microphone": 4.0}
"""time_limit: short, so that a few seconds hold several rotations. A turn of sound needs several chunks."""

EVERY_S = {"camera": 0.2, "microphone": 1.0}
"""stream_every: two cameras and a browser on the app's own two cores leave no room for ten pictures a second each."""

FILTERS = ("edges", "flip", "cartoon")
FILTER_EVERY_S = 4.0
"""The dropdown of the filters page is changed as scenarios/change_filter.py does: at once, then every 3 to 5 s."""


@dataclass(frozen=True, slots=True)
class Case:
    """One page under one load, looked at for `seconds` from each side's first open stream on.

    Without a queue both sides have a slot of their own; with one they share a single slot and take turns.
    """

    page: str
    seconds: float
    slow: bool = False
    queue: bool = False

    @property
    def name(self) -> str:
        """Its name in tables."""
        handler = "slow" if self.slow else "fast"
        return f"{self.page}, {handler}" + (", queue" if self.queue else "")

    @property
    def kind(self) -> str:
        """What the page records with."""
        return "microphone" if self.page == "audio" else "camera"

    @property
    def every_s(self) -> float:
        """Seconds from one tick to the next."""
        return EVERY_S[self.kind]

    @property
    def turn_s(self) -> float:
        """How long a stream may stay open: the page's time_limit."""
        return TURN_S[self.kind]

    @property
    def step_s(self) -> float:
        """What a turn's end is due to: the next tick, or the end of the handler's call if that takes longer."""
        return max(self.every_s, SLOW_S if self.slow else 0.0)

    @property
    def app(self) -> tuple[str, ...]:
        """Command line of the reference app that this case is played on."""
        return (
            *("--time-limit", f"{TURN_S['camera']:g}", "--audio-time-limit", f"{TURN_S['microphone']:g}"),
            *("--stream-every", f"{EVERY_S['camera']:g}", "--audio-stream-every", f"{EVERY_S['microphone']:g}"),
            *("--concurrency-limit", "1" if self.queue else "2"),
            *("--sleep", f"{SLOW_S if self.slow else 0:g}"),
        )


CONTROL = Case("simple", 10)
"""Played twice: what differs between a browser and itself is the machine's noise."""

QUICK = (CONTROL, Case("audio", 9))
FULL = (
    CONTROL,
    Case("filters", 10),
    Case("unified", 10),
    Case("audio", 13),
    Case("simple", 10, slow=True),
    Case("filters", 10, slow=True),
    Case("unified", 10, slow=True),
    Case("audio", 13, slow=True),
    Case("simple", 12, queue=True),
    Case("filters", 12, queue=True),
    Case("unified", 12, queue=True),
    Case("audio", 15, queue=True),
    Case("simple", 12, slow=True, queue=True),
)
"""Ordered by app, so that each is deployed once."""
