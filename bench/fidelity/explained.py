"""Where the harness must differ from a browser, how far at most, and why."""

from dataclasses import dataclass
from math import inf

from bench.fidelity.case import Case


@dataclass(frozen=True, slots=True)
class Explained:
    """A difference that has its reason: harness less browser lies between `least` and `most`, in the figure's unit.

    It holds for one `kind` of device or any, and only where the figure `provided` is within its bar.
    """

    figures: frozenset[str]
    least: float
    most: float
    why: str
    kind: str = ""
    provided: str = ""

    def holds(self, case: Case, figure: str, difference: float, agreeing: frozenset[str]) -> bool:
        """Whether it explains this difference; `agreeing` figures are within their bars."""
        meant = figure in self.figures and self.kind in {"", case.kind}
        return meant and self.least <= difference <= self.most and (not self.provided or self.provided in agreeing)


_OWN_WORK = (
    "A browser is later by its own work, which the harness does not have: between tick and POST it draws, encodes and "
    "writes JSON; between a result's message and the GET of its picture it lays out the page; what comes goes through "
    "its network process. What is the app's part, seen on the wire by the same instrument, agrees."
)

EXPLAINED: tuple[Explained, ...] = (
    Explained(frozenset({"raw_p50_s", "latency_p50_s"}), -inf, 0.0, _OWN_WORK, provided="app_p50_s"),
    Explained(frozenset({"raw_p95_s", "latency_p95_s"}), -inf, 0.0, _OWN_WORK, provided="app_p95_s"),
    Explained(
        frozenset({"jitter_s"}),
        -0.1,
        0.0,
        "A browser's timer, recorder and page share one busy main thread, so its frames leave some milliseconds late, "
        "now more, now less; the harness ticks by the clock, and reports its own lateness as send lag.",
    ),
    Explained(
        frozenset({"bytes_received"}),
        -4000.0,
        0.0,
        "The fake camera's pictures are decoded, converted to YUV and encoded once more than the harness's: what that "
        "leaves as noise, the app's WebP results keep.",
        kind="camera",
        provided="bytes_sent",
    ),
    Explained(
        frozenset({"wait_s"}),
        -0.15,
        0.0,
        "A browser opens its event stream once the join is answered and the page has seen to that, and then hands each "
        "message to the page by a timer (@gradio/client, open_stream): it learns later that its turn has begun.",
    ),
)


def reason(case: Case, figure: str, difference: float, agreeing: frozenset[str]) -> str:
    """Say why harness less browser is `difference`; empty where nothing explains it."""
    return next((one.why for one in EXPLAINED if one.holds(case, figure, difference, agreeing)), "")
