"""How figures read in a sentence: durations, counts, shares, sizes."""

from datetime import datetime

UNKNOWN = "–"


def moment(iso: str) -> str:
    """An instant given in ISO 8601, as people write it: 22 Nov 2026, 15:17:25 UTC; as it stands where it is none."""
    try:
        return datetime.fromisoformat(iso).strftime("%-d %b %Y, %H:%M:%S %Z").strip()
    except ValueError:
        return iso


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
