"""The simulator: its books, what more load does to it, and the rotation law where that holds."""

import statistics
import time
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.queueing import Share, granted_s, rotation_wait_s, shared_wait_s
from bench.queueing.scenario import Audience, Prediction, Scenario, Service
from bench.queueing.simulator import simulate

CAMERAS = Audience(viewers=6, stream_every_s=0.2, time_limit_s=4.0, concurrency_limit=2, service=Service(0.01))


def play(audience: Audience = CAMERAS, seed: int = 1, /, **scenario: Any) -> Prediction:
    """Simulate one audience, for ten minutes after a warm-up of half a minute unless a test says otherwise."""
    (prediction,) = simulate(Scenario(audiences=(audience,), **{"duration_s": 630, "warmup_s": 30} | scenario), seed)
    return prediction


def law(viewers: int, slots: int, played: Prediction) -> float:
    """Apply the rotation law to the turns and ways back that were played."""
    return rotation_wait_s(viewers, slots, float(played.granted_s.mean()), float(played.rejoin_s.mean()))


services = st.builds(Service, st.floats(0.0, 1.0), st.sampled_from([0.0, 0.3, 1.0]))
audiences = st.builds(
    Audience,
    viewers=st.integers(0, 8),
    stream_every_s=st.floats(0.05, 2.0),
    time_limit_s=st.none() | st.floats(0.5, 10.0),
    concurrency_limit=st.none() | st.integers(1, 4),
    service=services,
    concurrency_id=st.none() | st.just("shared"),
    way_s=st.sampled_from([0.0, 0.003, 0.3]),
    arrivals_per_s=st.sampled_from([0.0, 0.2]),
    stay_s=st.none() | st.floats(0.5, 20.0),
)


# The books ----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(audiences, min_size=1, max_size=3), st.integers(1, 8), st.sampled_from([0.0, 5.0]), st.integers())
def test_every_frame_has_one_fate_and_no_limit_is_passed(
    crowds: list[Audience], threads: int, warmup_s: float, seed: int
) -> None:
    """Fates add up to the ticks; no stream opens beyond its endpoint's limit, its group's, or max_threads."""
    scenario = Scenario(audiences=tuple(crowds), duration_s=20.0, warmup_s=warmup_s, max_threads=threads)
    played = simulate(scenario, seed)

    for one, crowd in zip(played, crowds, strict=True):
        fates = asdict(one.fates)
        assert fates.pop("captured") == sum(fates.values())
        assert one.peak_open <= min(threads, crowd.concurrency_limit or threads)
        assert np.all(one.waits_s >= 0)
        assert 0 <= one.overwritten <= 1
    shared = [(one, crowd) for one, crowd in zip(played, crowds, strict=True) if crowd.concurrency_id]
    limit = min((crowd.concurrency_limit or threads for _, crowd in shared), default=threads)
    assert sum(one.mean_open for one, _ in shared) <= limit + 1e-6
    assert sum(one.mean_open for one in played) <= threads + 1e-6


def test_one_seed_is_one_run() -> None:
    """The same seed plays the same run; another plays another."""
    random = replace(CAMERAS, service=Service(0.3, 1.0), arrivals_per_s=0.1, stay_s=30.0)

    assert play(random, 1).waits_s.tolist() == play(random, 1).waits_s.tolist()
    assert play(random, 1).waits_s.tolist() != play(random, 2).waits_s.tolist()


def test_a_minute_of_forty_viewers_plays_faster_than_it_would_last() -> None:
    """40 cameras at 10 fps for a minute take a small part of it: scenarios can be tried by the hundred."""
    began_s = time.process_time()
    full = play(replace(CAMERAS, viewers=40, stream_every_s=0.1, concurrency_limit=40), duration_s=60, warmup_s=0)

    assert full.fates.delivered > 20_000
    assert time.process_time() - began_s < 60 / 20


# Waits --------------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(slots=st.integers(1, 5), crowd=st.integers(1, 15), limit_s=st.floats(2.0, 20.0), every_s=st.floats(0.05, 0.5))
def test_the_law_holds_within_two_percent(slots: int, crowd: int, limit_s: float, every_s: float) -> None:
    """With everybody there from the start, mean waits are the rotation law's, a multiple of the slots or not."""
    viewers = slots + crowd
    audience = Audience(
        viewers=viewers,
        stream_every_s=every_s,
        time_limit_s=limit_s,
        concurrency_limit=slots,
        service=Service(every_s / 10),
    )
    round_s = viewers / slots * (limit_s + every_s)
    played = play(audience, warmup_s=3 * round_s, duration_s=43 * round_s)
    expected = law(viewers, slots, played)

    assert float(played.waits_s.mean()) == pytest.approx(expected, rel=0.02, abs=0.02 * limit_s)


def test_waits_alternate_where_the_slots_do_not_divide_the_viewers() -> None:
    """5 viewers on 2 slots whose turns end together wait one turn and two by turns: the law is their mean."""
    played = play(replace(CAMERAS, viewers=5))
    turn_s = float(played.granted_s.mean())

    assert float(played.waits_s.mean()) == pytest.approx(law(5, 2, played), rel=0.02)
    assert float(np.quantile(played.waits_s, 0.1)) < 1.2 * turn_s
    assert float(np.quantile(played.waits_s, 0.9)) > 1.8 * turn_s


@pytest.mark.parametrize("slots", [6, 7, None])
def test_enough_slots_mean_no_wait(slots: int | None) -> None:
    """Nobody waits where there is a slot for everybody; slots stand idle on the way back instead."""
    played = play(replace(CAMERAS, concurrency_limit=slots))

    assert played.waits_s.max() == 0
    assert played.mean_open < 6
    assert played.fates.skipped == 0


def test_turns_exceed_their_limit_by_half_a_tick_on_average() -> None:
    """Cameras out of step with each other are granted the limit and 0 to 1 tick; in step, always the whole tick."""
    mixed = [float(play(replace(CAMERAS, stream_every_s=0.21), seed).granted_s.mean()) for seed in range(12)]
    together = play(replace(CAMERAS, phases_s=(0.0,) * 6, way_s=0.001))

    assert statistics.fmean(mixed) == pytest.approx(4.105, abs=0.04)
    assert all(4.0 <= turn_s <= 4.22 for turn_s in mixed)
    assert float(together.granted_s.mean()) == pytest.approx(4.2, abs=0.015)


@pytest.mark.parametrize("call_s", [0.3, 0.41, 0.9])
def test_turns_of_slow_handlers_are_whole_calls(call_s: float) -> None:
    """A handler slower than the camera works without a pause: the law's whole calls are what is played."""
    played = play(replace(CAMERAS, service=Service(call_s)))

    assert float(played.granted_s.mean()) == pytest.approx(granted_s(4.0, 0.2, call_s), rel=0.01)


def test_max_threads_bind_like_a_limit() -> None:
    """Without a limit of its own an endpoint rotates on the app's threads, by the same law."""
    played = play(replace(CAMERAS, viewers=7, concurrency_limit=None), max_threads=3)

    assert played.peak_open == 3
    assert float(played.waits_s.mean()) == pytest.approx(law(7, 3, played), rel=0.02)


def test_endpoints_of_one_group_wait_in_one_line() -> None:
    """3 viewers each on two endpoints that share 2 slots wait as 6 on one; unshared, they hardly wait at all."""
    half = replace(CAMERAS, viewers=3, concurrency_id="both")
    first, second = simulate(Scenario(audiences=(half, half), duration_s=600, warmup_s=30), 1)
    share = [Share(3, float(one.granted_s.mean()), float(one.rejoin_s.mean())) for one in (first, second)]
    waits = np.concatenate([first.waits_s, second.waits_s])

    assert float(waits.mean()) == pytest.approx(shared_wait_s(share, 2), rel=0.02)
    assert first.mean_open + second.mean_open == pytest.approx(2.0, rel=0.01)
    assert float(play(replace(half, concurrency_id=None)).waits_s.mean()) < float(waits.mean()) / 2


@settings(max_examples=15, deadline=None)
@given(viewers=st.integers(3, 12), slots=st.integers(1, 3), seed=st.integers(0, 99))
def test_more_viewers_wait_longer_and_more_slots_shorter(viewers: int, slots: int, seed: int) -> None:
    """Mean waits grow with the crowd and fall with the slots, uneven handlers or not."""
    crowd = replace(CAMERAS, viewers=viewers, concurrency_limit=slots, service=Service(0.1, 0.5))
    wait_s = float(play(crowd, seed).waits_s.mean())

    assert float(play(replace(crowd, viewers=viewers + 3), seed).waits_s.mean()) >= wait_s - 0.1
    assert float(play(replace(crowd, concurrency_limit=slots + 1), seed).waits_s.mean()) <= wait_s + 0.1


def test_viewers_who_come_and_go_wait_less_than_a_crowd_that_stays() -> None:
    """Random visits that keep as many viewers on average rotate too, but not everybody is there to wait for."""
    visits = replace(CAMERAS, viewers=6, arrivals_per_s=6 / 20, stay_s=20.0)
    played = [play(visits, seed, duration_s=2030) for seed in range(3)]

    for one in played:
        assert one.fates.captured == pytest.approx(6 * 2000 / 0.2, rel=0.2)
        assert one.peak_open == 2
        assert one.mean_open < 2
    spread = [float(one.waits_s.std() / one.waits_s.mean()) for one in played]
    assert min(spread) > 5 * float(play().waits_s.std() / play().waits_s.mean())


# Frames -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call_s", "share"), [(0.05, 0.0), (0.2, 0.5), (0.5, 0.8), (1.0, 0.9)])
def test_a_slow_handler_overwrites_what_comes_meanwhile(call_s: float, share: float) -> None:
    """Of the frames that come every t, a handler of s takes one in s: 1 − t/s of them are overwritten."""
    alone = Audience(viewers=1, stream_every_s=0.1, time_limit_s=60, concurrency_limit=1, service=Service(call_s, 0.05))
    played = play(alone)

    assert played.overwritten == pytest.approx(share, abs=0.02)
    assert played.results_per_s == pytest.approx(1 / max(call_s, 0.1), rel=0.05)


def test_ages_are_those_of_the_results() -> None:
    """A result every tick of 0.1 s, seen 20 ms after its tick, is 20 to 120 ms old, evenly."""
    played = play(replace(CAMERAS, viewers=1, time_limit_s=None, stream_every_s=0.1, service=Service(0.02)))

    assert played.staleness is not None
    assert played.staleness.mean_s == pytest.approx(0.07, rel=0.01)
    assert played.staleness.p50_s == pytest.approx(0.07, rel=0.01)
    assert played.staleness.p95_s == pytest.approx(0.115, rel=0.01)


def test_waiting_viewers_look_at_an_old_picture() -> None:
    """In a rotation the picture ages through each wait: the oldest is as old as the wait."""
    played = play()

    assert played.staleness is not None
    assert played.staleness.p95_s == pytest.approx(float(played.waits_s.mean()), rel=0.15)


def test_a_viewer_who_sends_too_rarely_is_cut() -> None:
    """A tick longer than the limit finds its stream cut off, as Gradio does: one result for each turn."""
    played = play(replace(CAMERAS, viewers=1, stream_every_s=6.0))

    assert float(played.granted_s.mean()) == pytest.approx(4.0, abs=0.05)
    assert played.fates.delivered == played.fates.captured
