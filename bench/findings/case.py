"""One endpoint to be judged: its figures, and what its rows tell that no figure holds."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from bench.ledger import Ledger
from bench.metrics import Distribution, Endpoint, Summary
from bench.metrics.calls import result_gaps
from bench.metrics.rows import described
from bench.metrics.window import Window

WAITED_S = 0.5  # below it, joining is just joining


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An endpoint and its surroundings.

    `call_s` is the time between the results of one stream: how long the app takes for a frame, wherever frames wait for
    it. `sharing` are the other endpoints of its `concurrency_id`. `described` is its entry in the ledger's head.
    """

    summary: Summary
    endpoint: Endpoint
    described: dict[str, Any]
    sharing: tuple[Endpoint, ...]
    call_s: Distribution | None

    @classmethod
    def of(cls, summary: Summary, ledger: Ledger, number: int) -> Self:
        """Gather it for `summary.endpoints[number]`."""
        endpoints, window = described(ledger), Window.measured(ledger)
        group = _group(endpoints[number])
        return cls(
            summary=summary,
            endpoint=summary.endpoints[number],
            described=endpoints[number],
            sharing=tuple(
                summary.endpoints[other]
                for other, one in enumerate(endpoints)
                if other != number and group is not None and _group(one) == group
            ),
            call_s=result_gaps(ledger.frames, np.flatnonzero(ledger.frames["endpoint"] == number), window),
        )

    @property
    def viewers(self) -> int:
        """Viewers who want one of the endpoint's slots: its own, and those of endpoints it shares them with."""
        return self.endpoint.viewers + sum(one.viewers for one in self.sharing)

    @property
    def slots(self) -> int | None:
        """Its slots: as known, or as seen where viewers waited though the limit is not known."""
        known = self.endpoint.settings.effective_limit
        return self.endpoint.concurrency.peak_active if known is None and self.waited else known

    @property
    def waited(self) -> bool:
        """Whether viewers had to wait for their turns."""
        rotation = self.endpoint.rotation
        return (rotation.worst_wait_s or 0.0) >= WAITED_S and self.endpoint.viewers > 1

    @property
    def typical_wait_s(self) -> float:
        """The median wait, or the longest so far where none is over."""
        wait = self.endpoint.queue_wait_s
        worst_s = self.endpoint.rotation.worst_wait_s or 0.0
        return wait.p50 if wait is not None and wait.p50 >= WAITED_S else worst_s

    @property
    def mean_wait_s(self) -> float:
        """The mean wait, which is what the rotation law predicts, or the longest so far where none is over."""
        wait = self.endpoint.queue_wait_s
        return wait.mean if wait is not None and wait.mean >= WAITED_S else self.typical_wait_s

    @property
    def recorder(self) -> str:
        """What the code of an app calls it: `camera` or `microphone`."""
        return self.endpoint.kind


def _group(described: dict[str, Any]) -> Any:
    return described.get("settings", {}).get("concurrency_id")
