"""A script: all that a server of known truth does to the frames of one endpoint, decided before they come."""

from dataclasses import asdict, dataclass, field
from math import exp
from random import Random
from typing import Any, Literal, Self

Shape = Literal["constant", "uniform", "lognormal"]


@dataclass(frozen=True, slots=True)
class HandlerTime:
    """How long the handler takes: `median_s` always; or that ± up to `spread` of it; or lognormal with σ = `spread`."""

    median_s: float = 0.0
    shape: Shape = "constant"
    spread: float = 0.0

    def draw(self, random: Random) -> float:
        """Draw the seconds of one call."""
        if self.shape == "uniform":
            return self.median_s * (1 + self.spread * random.uniform(-1, 1))
        if self.shape == "lognormal":
            return self.median_s * exp(random.gauss(0, self.spread))
        return self.median_s


@dataclass(frozen=True, slots=True)
class Script:
    """One endpoint and what befalls its frames; 0 stands for never.

    A setting `…_every` of n strikes each n-th call of a stream's handler, the join's (call 0) excepted; those of joins
    and POSTs count the endpoint's own. `raise_at` is the call of each stream at which the handler raises.
    """

    name: str
    kind: Literal["camera", "microphone"] = "camera"
    stream_every_s: float = 0.1
    time_limit_s: float | None = None
    concurrency_limit: int | None = None
    handler: HandlerTime = field(default_factory=HandlerTime)
    seed: int = 1
    drop_every: int = 0  # the result is never sent
    duplicate_every: int = 0  # the result is sent twice
    swap_every: int = 0  # the result is sent after the next one
    cross_every: int = 0  # the result shows another viewer's picture
    garble_every: int = 0  # the result's file is no picture
    lose_every: int = 0  # the result's file is not there: its GET is answered 404
    stall_every: int = 0  # the call takes `stall_s` longer
    stall_s: float = 0.0
    raise_at: int = 0
    refuse_every: int = 0  # the join is answered 503, as by a full queue
    reject_every: int = 0  # the POST is answered 429 and its frame thrown away
    file_delay_s: float = 0.0
    tell_end_after_s: float = 0.0  # from the end of a stream, after which POSTs come too late, until its viewer is told
    after_end_status: int = 404  # of POSTs to a stream that has ended: 200 before Gradio 6.25

    def as_json(self) -> dict[str, Any]:
        """Give its settings as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, settings: dict[str, Any]) -> Self:
        """Make it from what `as_json` gave."""
        return cls(**{**settings, "handler": HandlerTime(**settings["handler"])})


def strikes(every: int, call: int) -> bool:
    """Whether something that happens `every` so many calls happens at this one."""
    return every > 0 and call > 0 and call % every == 0
