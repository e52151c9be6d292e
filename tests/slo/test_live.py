"""The watch over a run that goes on: what ends it, what does not, and from when on it counts."""

from collections import Counter

import pytest

from bench.live.counts import EndpointNow, Now
from bench.live.histogram import Histogram
from bench.slo import Hopeless, Watchdog, parse_slo


def _now(delivered: int, *, latency_s: float = 0.05, slow: int = 0, overwritten: int = 0, errors: int = 0) -> Now:
    """Counts since the run began: `slow` of the delivered took ten times as long."""
    latency = Histogram()
    for index in range(delivered):
        latency.record(latency_s * (10 if index < slow else 1))
    fates = Counter({"delivered": delivered, "overwritten": overwritten})
    one = EndpointNow("simple", fates, 0, 1, errors, 30, latency, Histogram(), ())
    return Now(viewers=1, endpoints=(one,))


def _watch(asked: str, looks: list[tuple[float, Now]], warmup_s: float = 0.0) -> list[Hopeless | None]:
    watchdog = Watchdog(parse_slo(f'abort_on_fail = true\nabort_delay = "5 s"\n{asked}'), warmup_s)
    return [watchdog.look(now, at_s) for at_s, now in looks]


def _first(found: list[Hopeless | None], looks: list[tuple[float, Now]]) -> float | None:
    return next((at_s for (at_s, _), one in zip(looks, found, strict=True) if one is not None), None)


def test_a_percentile_ends_the_run_after_its_delay() -> None:
    """A latency that is far beyond ends the run five seconds after that was certain, and says which check it was."""
    looks = [(second / 2, _now(second * 5, latency_s=0.5)) for second in range(40)]
    found = _watch('latency_p95 = "< 300 ms"', looks)
    at_s = _first(found, looks)
    assert at_s is not None
    assert 5 <= at_s <= 8
    hopeless = next(one for one in found if one is not None)
    assert hopeless.check == "simple: latency_p95 < 300 ms"
    assert "5 s" in hopeless.why


def test_a_good_run_and_a_doubtful_one_go_on() -> None:
    """Neither a latency within its limit ends a run, nor one of which nobody can tell."""
    good = [(second / 2, _now(second * 5)) for second in range(60)]
    doubtful = [(second / 2, _now(second * 5, slow=second * 5 // 18)) for second in range(60)]
    for looks in (good, doubtful):
        assert _first(_watch('latency_p95 = "< 300 ms"', looks), looks) is None


def test_what_gets_better_in_time_is_forgiven() -> None:
    """A bad start that the run makes up for within the delay does not end it."""
    looks = [(second / 2, _now(40 + second * 40, slow=20)) for second in range(60)]
    assert _first(_watch('latency_p95 = "< 300 ms"', looks), looks) is None


@pytest.mark.parametrize("asked", ["errors = 0", "[endpoint.simple]\nerrors = 0", 'overwritten = "< 10"'])
def test_a_count_that_was_passed_never_comes_back(asked: str) -> None:
    """Errors, and numbers of frames, end the run when they have been too many for the delay."""
    looks = [
        (second / 2, _now(second * 5, errors=int(second > 8), overwritten=20 * (second > 8))) for second in range(40)
    ]
    assert _first(_watch(asked, looks), looks) == pytest.approx(9.5)


def test_a_count_that_must_be_reached_is_no_failure_yet() -> None:
    """What has not come may still come."""
    looks = [(second / 2, _now(second)) for second in range(40)]
    assert _first(_watch('delivered = ">= 1000"', looks), looks) is None


def test_the_warm_up_does_not_count() -> None:
    """Frames lost while the run warmed up are not held against it, those lost later are."""
    early = [(second / 2, _now(second * 5, overwritten=min(second, 20) * 5)) for second in range(60)]
    assert _first(_watch('overwritten = "< 10 %"', early, warmup_s=10.0), early) is None
    late = [(second / 2, _now(second * 5, overwritten=max(0, second - 20) * 5)) for second in range(60)]
    assert (_first(_watch('delivered = ">= 90 %"', late, warmup_s=10.0), late) or 0) >= 15


def test_nothing_is_watched_unless_asked() -> None:
    """Without abort_on_fail every run goes to its end."""
    watchdog = Watchdog(parse_slo("errors = 0"), 0.0)
    assert [watchdog.look(_now(5, errors=9), at_s) for at_s in (1.0, 60.0)] == [None, None]
