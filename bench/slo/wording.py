"""The reasons of checks, as sentences."""

from dataclasses import dataclass

from bench.metrics import Endpoint
from bench.slo.decide import ASSUMED_ALIKE, Count, Status
from bench.slo.figures import OF_SENT, Figure
from bench.slo.objectives import Objective
from bench.words import count, duration, share

_NOUNS = {
    "queue_wait_s": "waits",
    "eta_error_s": "estimates",
    "first_frame_s": "viewers",
    "staleness_s": "pictures",
    "staleness_open_s": "pictures",
    "rotation": "turns",
}
_ALIKE = 1.5  # below it, that frames are alike is not worth a sentence
_MINUTES_S = 120.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence about counted values needs."""

    objective: Objective
    count: Count
    allowed: float
    noun: str


def noun(figure: Figure, endpoint: Endpoint | None) -> str:
    """What the values of a figure belong to, in the plural."""
    if figure.path[0] in _NOUNS:
        return _NOUNS[figure.path[0]]
    if endpoint is None:
        return "samples"
    return "chunks" if endpoint.sound is not None else "frames"


def counted(told: Told) -> str:
    """How many were on the wrong side, and how many may."""
    wrong, n = count(round(told.count.wrong)), count(round(told.count.n))
    part = share(told.count.wrong, told.count.n)
    return f"{wrong} of {n} {told.noun} ({part}) {_verb(told)}, and {_allowed(told)} may."


def _allowed(told: Told) -> str:
    return f"{100 * told.allowed:.3g} %"


def _verb(told: Told) -> str:
    figure, limit = told.objective.figure, told.objective.limit
    if figure.fate is not None or figure.name == "fps_delivered":
        fate = (figure.fate or "delivered").replace("_", " ")
        verb = f"were {fate}" if limit.upper else f"were not {fate}"
        return f"{verb} (skipped ones left out)" if figure.name == OF_SENT else verb
    sides = {"<": "or more", "<=": "exceeded", ">": "or less", ">=": "fell short of"}
    side, value = sides[limit.operator], limit.words(limit.value)
    lasted = "were" if figure.path[0].startswith("staleness") else "took"
    if limit.operator == "<":
        return f"{lasted} {value} {side}"
    return f"{lasted} {value} {side}" if limit.operator == ">" else f"{side} {value}"


def deciding(told: Told, fewest: Count, needed: int | None, needed_s: float | None) -> str:
    """Why nobody can tell, and what it would take."""
    if fewest != told.count:
        least, most, n = (count(round(one)) for one in (fewest.wrong, told.count.wrong, told.count.n))
        return (
            f"Between {least} and {most} of {n} {told.noun} {_verb(told)}: only the run's ledger can tell. "
            "Name the folder of the run that holds it."
        )
    facts, alike = counted(told).rstrip("."), _alike(told)
    if needed is None:
        return f"{facts}: too near the limit for any run to tell.{alike} Move the limit away from what is normal here."
    if needed_s is None:
        return f"{facts}: too few to be sure.{alike} Needs {count(needed)} more {told.noun}: use more --viewers."
    more = f"Needs {count(needed)} more {told.noun} at this rate: about {longer(needed_s)} longer."
    return f"{facts}: too few to be sure.{alike} {more}"


def _alike(told: Told) -> str:
    if told.count.alike <= _ALIKE:
        return ""
    independent = count(max(1, round(told.count.n / told.count.alike)))
    why = "Without the ledger" if told.count.alike == ASSUMED_ALIKE else "Neighbours are alike, so"
    return f" {why} they count as {independent} independent ones."


def longer(seconds: float) -> str:
    """A time to wait, roughly."""
    return f"{seconds / 60:.0f} min" if seconds >= _MINUTES_S else f"{max(1, round(seconds))} s"


def measured_words(objective: Objective, value: float, status: Status) -> str:
    """A figure that stands for itself."""
    words = objective.limit.words(value)
    if status == "inconclusive":
        return f"It was {words}, and varied too much within the run to be sure. Use a longer --duration."
    return f"It was {words}."


def beside(value: float, bar: float) -> str:
    """A value closer to its limit than the harness can measure."""
    return (
        f"It was {duration(value)}, and the harness itself may be off by {duration(bar)}: too near the limit to tell. "
        "`gradio-bench selfcheck` measures how exact it is on this machine."
    )


def unknown_words(objective: Objective, by_nature: bool) -> str:
    """A figure that is null."""
    if by_nature:
        name = objective.figure.name
        return f"{name} cannot be measured on this endpoint: take the line out, or name endpoints that have it."
    if objective.figure.name == "good_viewers":
        return "No viewer was counted by this rule: that takes the run's ledger."
    if objective.figure.part == "app":
        return "It is only known of an app that is deployed for the run."
    if objective.figure.path[0] == "queue_wait_s":
        return "No wait for a turn began after the warm-up. Use --warmup 0s, or ask for first_frame_max instead."
    return "It was not measured: nothing came that it could be measured on."
