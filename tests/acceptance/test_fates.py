"""The figures of a run against what the app itself knows."""

from pathlib import Path

import pytest
from gradio_client import Client

from bench.load.target import Target, parse_target
from bench.run import RunSettings, run


def test_a_slow_handler_overwrites_four_of_five_frames(tmp_path: Path) -> None:
    """A 0.5 s handler under a 0.1 s camera handles every fifth frame, and each of its calls is one result."""
    with Target(parse_target(None), environment={"GRADIO_BENCH_SLEEP": "0.5"}) as target:
        settings = RunSettings(
            target=target.url, url=True, viewers=1, duration_s=8, warmup_s=0, endpoints=("simple",), out=tmp_path
        )
        (endpoint,) = run(settings).endpoints
        client = Client(target.url, verbose=False, download_files=False)
        calls = client.predict(api_name="/calls")["simple"]
        client.close()
    frames = endpoint.frames
    assert frames.overwritten / frames.captured == pytest.approx(0.8, abs=0.06)
    assert endpoint.results == calls
    assert frames.captured == sum(
        (
            frames.delivered,
            frames.overwritten,
            frames.skipped,
            frames.rejected,
            frames.cut_off,
            frames.failed,
            frames.in_flight,
            frames.unattributed,
        )
    )


def test_waits_follow_the_rotation_law(tmp_path: Path) -> None:
    """6 viewers on 2 slots with 4 s each wait near (6/2 - 1) x granted, two open at a time, as predicted."""
    settings = RunSettings(
        viewers=6,
        duration_s=26,
        warmup_s=10,
        endpoints=("simple",),
        stream_every="0.2",
        time_limit="4",
        concurrency_limit="2",
        out=tmp_path,
    )
    summary = run(settings)
    assert summary.run.measured_s == pytest.approx(settings.duration_s, rel=0.05), "the warm-up and the start are extra"
    (endpoint,) = summary.endpoints
    assert endpoint.concurrency.peak_active == 2
    assert endpoint.settings.effective_limit == 2
    wait, granted = endpoint.queue_wait_s, endpoint.rotation.granted_s
    assert wait is not None
    assert granted is not None
    assert wait.p50 == pytest.approx((6 / 2 - 1) * granted.p50, rel=0.1)
    assert endpoint.rotation.predicted_wait_s == pytest.approx(wait.p50, rel=0.1)
    assert endpoint.frames.skipped > endpoint.frames.delivered
