"""How figures read on a screen: durations, counts, shares, and a few words on each fate."""

from bench.metrics import Distribution, Endpoint

UNKNOWN = "–"

FATES = {
    "delivered": "its result came back",
    "skipped": "due while the viewer waited for a turn: never sent",
    "rejected": "refused: mostly sent just as the turn ended",
    "overwritten": "replaced by a newer frame before the app took it",
    "cut_off": "the turn ended before its result",
    "failed": "the app raised an error, or the connection broke",
    "in_flight": "still under way when the run ended",
    "unattributed": "a result came, but its mark was unreadable",
}

SOUND_FATES = FATES | {
    "skipped": "recorded while the viewer waited for a turn: never sent",
    "overwritten": "replaced by a newer chunk before the app took it",
}


def fates(endpoint: Endpoint) -> dict[str, str]:
    """A few words on each fate, of frames or of a microphone's chunks."""
    return FATES if endpoint.sound is None else SOUND_FATES


def noun(endpoint: Endpoint) -> str:
    """What a viewer of it sends: a frame, or a chunk of sound."""
    return "frame" if endpoint.sound is None else "chunk"


def duration(seconds: float | None) -> str:
    """Milliseconds below a second, seconds from there: three digits that matter."""
    if seconds is None:
        return UNKNOWN
    size = abs(seconds)
    if size < 0.0095:
        return f"{seconds * 1000:.1f} ms"
    if size < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if size < 9.995 else f"{seconds:.1f} s"


def setting(seconds: float) -> str:
    """A duration as a person set it: without zeros behind the point."""
    return f"{seconds * 1000:g} ms" if seconds < 1 else f"{seconds:g} s"


def count(number: int) -> str:
    """A whole number, thousands apart."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """A counted noun: 1 viewer, 2 viewers; `many` where that is no mere s."""
    return f"{count(number)} {one if number == 1 else many or f'{one}s'}"


def share(part: float, whole: float) -> str:
    """A percentage; a part too small for one decimal is still seen not to be nothing."""
    if not whole:
        return UNKNOWN
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<0.1 %"
    if 99.9 < percent < 100:
        return ">99.9 %"
    return f"{percent:.1f} %" if 0 < percent < 100 else f"{percent:.0f} %"


def quantiles(distribution: Distribution | None) -> tuple[str, str, str, str]:
    """Show p50, p95, p99 and the maximum of a distribution of seconds."""
    if distribution is None:
        return (UNKNOWN,) * 4
    each = distribution
    return duration(each.p50), duration(each.p95), duration(each.p99), duration(each.max)
