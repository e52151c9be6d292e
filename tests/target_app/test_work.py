"""What every handler does besides its own job."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from target_app.settings import PageSettings
from target_app.work import Tally, at_work, burn


def test_calls_are_counted_exactly_from_many_threads() -> None:
    """Eight threads counting at once lose nothing."""
    calls = Tally(["simple", "filters"])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: calls.add("simple"), range(4000)))
    assert calls.totals() == {"simple": 4000, "filters": 0}


def test_totals_are_a_copy() -> None:
    """What was told does not change afterwards."""
    calls = Tally(["simple"])
    told = calls.totals()
    calls.add("simple")
    assert told == {"simple": 0}


def test_burn_spends_cpu_time_of_its_own_thread() -> None:
    """The time asked for is spent computing: more CPU time passes on this thread, by no more than a slice."""
    before_s = time.thread_time()
    burn(0.05)
    assert 0.05 <= time.thread_time() - before_s < 0.1


def test_a_handler_at_work_is_counted_and_sleeps_and_burns() -> None:
    """The result is the handler's own; the call takes the sleep, and the CPU time on top of it."""
    calls, heard = Tally(["simple"]), Tally(["simple"])
    handler = at_work(lambda value: value + 1, "simple", PageSettings(15, 0.1, sleep_s=0.05, cpu_s=0.02), calls, heard)
    started_s, cpu_s = time.monotonic(), time.thread_time()
    assert handler(1) == 2
    assert time.monotonic() - started_s >= 0.07
    assert time.thread_time() - cpu_s >= 0.02
    assert calls.totals() == {"simple": 1}
    assert heard.totals() == {"simple": 0}


def test_seconds_of_sound_are_added_up() -> None:
    """What the streaming component gave is measured, mono or stereo, at its own rate, before the handler's work."""
    heard = Tally(["audio"])
    handler = at_work(lambda *_: None, "audio", PageSettings(10, 1), Tally(["audio"]), heard)
    handler((8000, np.zeros(4000, np.int16)), None, "")
    handler((48000, np.zeros((12000, 2), np.int16)), None, "")
    handler(None, None, "")
    assert heard.totals() == {"audio": 0.75}


def test_a_handler_that_fails_is_counted_too() -> None:
    """A call is a call, whatever comes of it: failed frames must add up as well."""
    calls = Tally(["simple"])
    handler = at_work(lambda: 1 / 0, "simple", PageSettings(15, 0.1), calls, Tally(["simple"]))
    with pytest.raises(ZeroDivisionError):
        handler()
    assert calls.totals() == {"simple": 1}
