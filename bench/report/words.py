"""How figures read on a screen: those of `bench.words`, rows of quantiles, and a few words on each fate."""

from bench.metrics import Distribution, Endpoint, ErrorBars
from bench.metrics.error_bars import SELFCHECK
from bench.words import UNKNOWN, count, duration, plural, setting, share

__all__ = [
    "FATES",
    "SOUND_FATES",
    "UNKNOWN",
    "count",
    "duration",
    "error_bars",
    "fates",
    "noun",
    "plural",
    "quantiles",
    "setting",
    "share",
]

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


def quantiles(distribution: Distribution | None) -> tuple[str, str, str, str]:
    """Show p50, p95, p99 and the maximum of a distribution of seconds."""
    if distribution is None:
        return (UNKNOWN,) * 4
    each = distribution
    return duration(each.p50), duration(each.p95), duration(each.p99), duration(each.max)


def error_bars(bars: ErrorBars) -> str:
    """Say how far times may be off, and who says so; empty where nothing was measured."""
    if bars.latency_bias_s is None and bars.queue_wait_error_s is None:
        return ""
    told = (
        f"latency ± {duration(bars.latency_bias_s)} (99 of 100 within {duration(bars.latency_p99_error_s)}), "
        f"queue waits ± {duration(bars.queue_wait_error_s)}"
    )
    if bars.source == SELFCHECK:
        return f"{told}, by gradio-bench selfcheck of {(bars.measured_at or UNKNOWN)[:10]}"
    return f"{told}: a cautious guess from this run, as no gradio-bench selfcheck of this machine covers it"
