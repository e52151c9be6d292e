"""What the app used: shares of time, peaks, and what each result cost."""

from pathlib import Path

import pytest

from bench.metrics import Usage, summarise
from tests.ledgers import LedgerBuilder, steady

NEAR = 1e-4


def _usage(builder: LedgerBuilder) -> Usage:
    used = summarise(builder.ledger()).app.usage
    assert used is not None
    return used


def _watched(folder: Path, disk: list[int | None], warmup_s: float = 0.0) -> LedgerBuilder:
    """Build a run of 20 results a second, with a sample each second that tells of as many bytes on disk."""
    builder = steady(folder, warmup_s=warmup_s)
    for second, found in enumerate(disk):
        more = {"rss_bytes": 100 - second, "threads": 4 + second % 3, "disk_bytes": found}
        builder.note("app", second, cpu_s=5 + second * 1.5, **more)
    return builder


def test_cores_are_a_mean_and_memory_and_threads_a_peak(tmp_path: Path) -> None:
    """1.5 CPU seconds a second are 1.5 cores; the highest memory and thread count are told, not the last."""
    used = _usage(_watched(tmp_path, [0, 0, 0]))

    assert used.cores == pytest.approx(1.5)
    assert (used.rss_bytes, used.threads) == (100, 6)


def test_memory_gained_in_the_second_half_is_shared_among_its_results(tmp_path: Path) -> None:
    """What caches took in the first half is left out; 20 results a second and 4,000 bytes a second are 200 each."""
    builder = steady(tmp_path)
    for second, taken in enumerate([0, 90_000, 100_000, 104_000, 108_000, 112_000]):
        builder.note("app", second, cpu_s=5 + second, rss_bytes=taken, threads=4, disk_bytes=None)
    assert _usage(builder).rss_bytes_per_result == pytest.approx(4000 / 20, rel=NEAR)


def test_each_result_has_its_share_of_the_cpu(tmp_path: Path) -> None:
    """Between the first sample and the last came 40 results, on 3 CPU seconds: what came later has no part in it."""
    assert _usage(_watched(tmp_path, [0, 0, 0])).cpu_s_per_result == pytest.approx(3.0 / 40, rel=NEAR)


@pytest.mark.parametrize("between", ["repeated", "unknown"])
def test_disk_grows_per_result_between_two_looks(tmp_path: Path, between: str) -> None:
    """Looks at 0, 3 and 6 s found 600 bytes more for each 20 results; what samples repeat in between is no look."""
    looks: list[int | None] = [1000, None, None, 2800, None, None, 4600, None]
    if between == "repeated":
        looks = [1000, 1000, 1000, 2800, 2800, 2800, 4600, 4600]

    used = _usage(_watched(tmp_path, looks))

    assert used.disk_bytes == 3600
    assert used.disk_bytes_per_result == pytest.approx(3600 / 120, rel=NEAR)


def test_the_last_look_of_the_warm_up_begins_the_growth(tmp_path: Path) -> None:
    """Of looks at 0, 3 and 6 s, a window from 4 s on counts the growth since that of 3 s, by its own results."""
    used = _usage(_watched(tmp_path, [1000, 1000, 1000, 2800, 2800, 2800, 4600, 4600], warmup_s=4.0))

    assert used.disk_bytes == 1800
    assert used.disk_bytes_per_result == pytest.approx(1800 / 60, rel=NEAR)


def test_an_app_that_leaves_nothing_behind_grows_by_nothing(tmp_path: Path) -> None:
    """The same size at every look is a growth of 0, not an unknown one."""
    used = _usage(_watched(tmp_path, [700] * 8))

    assert (used.disk_bytes, used.disk_bytes_per_result) == (0, 0.0)


def test_one_look_tells_no_growth(tmp_path: Path) -> None:
    """Nothing can be said of growth, or of CPU, from a single sample: null, not 0."""
    used = _usage(_watched(tmp_path, [1000]))

    assert (used.disk_bytes, used.disk_bytes_per_result, used.cores, used.cpu_s_per_result) == (None, None, None, None)


def test_cpu_of_a_child_that_ended_is_not_given_back(tmp_path: Path) -> None:
    """A total that falls, because a child process ended, is no negative use."""
    builder = steady(tmp_path)
    for second, cpu_s in enumerate((5.0, 6.0, 2.0, 3.0)):
        builder.note("app", second, cpu_s=cpu_s)

    assert _usage(builder).cores == pytest.approx(2.0 / 3)


def test_an_app_that_was_not_ours_has_no_usage(tmp_path: Path) -> None:
    """Without samples there is nothing to tell."""
    assert summarise(steady(tmp_path).ledger()).app.usage is None
