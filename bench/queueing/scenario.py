"""What the simulator is asked and what it answers, as frozen values. Seconds throughout."""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Service:
    """How long the app takes for a frame: pre- and postprocessing and the handler together.

    `spread` is the standard deviation as a share of the mean: 0 is always the same, 1 as uneven as an exponential.
    """

    mean_s: float
    spread: float = 0.0

    def draw(self, random: Random) -> float:
        """Draw one frame's time, in seconds, from a gamma distribution."""
        if not self.spread:
            return self.mean_s
        shape = self.spread**-2
        return self.mean_s * random.gammavariate(shape, 1 / shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The viewers of one endpoint, and the endpoint's settings; a limit of None is no limit.

    `viewers` are there from the start, their cameras at the `phases_s` given (a first tick each), or at random ones.
    Others come at random, `arrivals_per_s` of them a second on average, and everybody stays for a random time, of
    `stay_s` on average (Poisson arrivals, exponential stays), or for ever where that is None. Audiences of one
    `concurrency_id` share their least `concurrency_limit`; without one an audience has its limit to itself. `way_s` is
    the time from a tick to the frame's arrival at the server.
    """

    viewers: int
    stream_every_s: float
    time_limit_s: float | None
    concurrency_limit: int | None
    service: Service
    concurrency_id: str | None = None
    way_s: float = 0.0
    arrivals_per_s: float = 0.0
    stay_s: float | None = None
    phases_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """An app's endpoints and their audiences. Every open stream holds one of `max_threads`, whatever its endpoint."""

    audiences: tuple[Audience, ...]
    duration_s: float = 60.0
    warmup_s: float = 0.0
    max_threads: int = 40


@dataclass(frozen=True, slots=True)
class Fates:
    """Frames by fate; they add up to `captured`, the ticks of all viewers inside the window."""

    captured: int
    delivered: int
    skipped: int
    overwritten: int
    rejected: int
    cut_off: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class Ages:
    """Age of the newest result a viewer has, weighted by time from its first one on: mean, median, 95th percentile."""

    mean_s: float
    p50_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """One audience's figures inside the window (`duration_s` less the warm-up).

    `waits_s`, `granted_s` and `rejoin_s` hold one value for each wait, turn and way back that came to its end there.
    `overwritten` is the share of the frames that reached an open stream; `staleness` is None where no result came.
    """

    waits_s: Floats
    granted_s: Floats
    rejoin_s: Floats
    fates: Fates
    overwritten: float
    results_per_s: float
    staleness: Ages | None
    peak_open: int
    mean_open: float
