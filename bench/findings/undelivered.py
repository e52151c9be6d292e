"""The finding about frames that were sent, and lost in ways that no other finding explains."""

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.findings.pace import lost_sound, overwritten
from bench.metrics import Endpoint
from bench.words import count, plural, share

LOST_MOST = 0.05  # of what was sent: a turn of a minute at ten frames a second loses a frame or two at its end
_WAYS = {
    "unattributed": "got a result that could not be read: it was empty, or not what the viewer had sent",
    "cut_off": "were still waiting when their turn ended",
    "rejected": "were refused, mostly just as their turn ended",
    "overwritten": "were replaced by newer ones",
    "in_flight": "had no result when the run ended",
    "failed": "failed",
}


def waiting_at_end(endpoint: Endpoint) -> int:
    """Frames of joins that were still in the queue when the run ended: they wait for a turn, and are not lost."""
    return min(endpoint.rotation.waiting_at_end or 0, endpoint.frames.in_flight)


def undelivered(case: Case) -> Finding | None:
    """Frames sent without a result that could be told to be theirs; those that other findings explain left out."""
    frames = case.endpoint.frames
    queued = waiting_at_end(case.endpoint)
    lost = {way: number for way in _WAYS if (number := getattr(frames, way) - (queued if way == "in_flight" else 0))}
    if overwritten(case) is not None or lost_sound(case) is not None:
        lost.pop("overwritten", None)
    if any(error.endpoint == case.endpoint.api_name for error in case.summary.errors):
        lost.pop("failed", None)
    sent = frames.captured - frames.skipped - queued
    if not case.endpoint.results or sum(lost.values()) <= LOST_MOST * sent:
        return None
    most = max(lost, key=lambda way: lost[way])
    return found(
        "undelivered",
        "warning",
        f"Only {share(frames.delivered, sent)} of {plural(sent, 'frame')} that were sent came back: "
        f"{count(lost[most])} {_WAYS[most]}.",
        _remedy(case, most),
        sent=sent,
        delivered=frames.delivered,
        **lost,
    )


def _remedy(case: Case, most: str) -> str:
    if most == "unattributed":
        return f"def handle({case.recorder}): return result  # in every call: None blanks what the viewer saw"
    if most in {"cut_off", "rejected"}:
        longer_s = 2 * (case.endpoint.settings.time_limit_s or 30.0)
        return f"{case.recorder}.stream(..., time_limit={longer_s:g})  # fewer ends of turns"
    slower_s = 2 * (case.endpoint.settings.stream_every_s or 0.5)
    return f"{case.recorder}.stream(..., stream_every={slower_s:g})"
