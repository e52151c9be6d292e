"""A run held against one that was kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.ledger import Ledger
from bench.metrics import Summary, summarise
from bench.slo import compare
from tests.ledgers import LedgerBuilder, endpoint, meta

HOST = {"system": "Linux", "machine": "x86_64", "cpu": "one", "cpus": 2, "memory_bytes": 8_000_000_000}


def _run(folder: Path, latency_s: float = 0.05, lost: int = 0, host: dict[str, Any] = HOST, **more: Any) -> Ledger:
    """Two viewers of 30 s whose every frame takes so long, but for `lost` of each hundred."""
    builder = LedgerBuilder(folder, meta(endpoint(), host=host))
    builder.span(0.0, 30.0)
    for viewer in (0, 1):
        builder.viewer(viewer, 0.0, 30.0)
        builder.stream(viewer, 0, 0.0, 0.001, 30.0, **more)
        for frame in range(300):
            tick_s = frame / 10
            if lost and frame % (100 // lost) == 3:
                builder.frame(viewer, frame, tick_s, 3)  # type: ignore[arg-type]
            else:
                builder.frame(viewer, frame, tick_s, result_s=tick_s + latency_s - 0.01, shown_s=tick_s + latency_s)
    return builder.ledger()


def _compare(head: Ledger, base: Summary, effect: float = 0.25) -> dict[str, str]:
    return {check.figure: check.status for check in compare(summarise(head), head, base, effect)}


def test_the_same_passes_and_slower_fails(tmp_path: Path) -> None:
    """Equal medians pass, one 40 % longer fails against a quarter, and passes where half is allowed."""
    base = summarise(_run(tmp_path / "base"))
    assert set(_compare(_run(tmp_path / "same"), base).values()) == {"pass"}
    slower = _run(tmp_path / "slower", latency_s=0.07)
    assert _compare(slower, base)["latency_p50"] == "fail"
    assert _compare(slower, base, 0.5)["latency_p50"] == "pass"


def test_lost_frames_and_other_peoples_pictures_fail(tmp_path: Path) -> None:
    """Ten in a hundred lost more than before fail; so does a single picture of another viewer's."""
    base = summarise(_run(tmp_path / "base"))
    assert _compare(_run(tmp_path / "lossy", lost=10), base)["delivered_of_sent"] == "fail"
    assert _compare(_run(tmp_path / "leaky", cross_talk=1), base)["cross_talk"] == "fail"
    leaky = summarise(_run(tmp_path / "leaky_base", cross_talk=1))
    assert _compare(_run(tmp_path / "leaky_too", cross_talk=1), leaky)["cross_talk"] == "pass"


@pytest.mark.parametrize("change", [{"cpus": 4}, {"cpu": "another"}, {"memory_bytes": 16_000_000_000}])
def test_times_of_another_machine_tell_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    """On other hardware everything but the strict counts is inconclusive, and the reason names what differs."""
    base = summarise(_run(tmp_path / "base", host=HOST | change))
    head = _run(tmp_path / "head", latency_s=0.5, cross_talk=1)
    checks = {check.figure: check for check in compare(summarise(head), head, base)}
    assert checks["latency_p50"].status == checks["delivered_of_sent"].status == "inconclusive"
    assert "another" in checks["latency_p50"].reason
    assert checks["cross_talk"].status == "fail"


def test_another_load_tells_nothing(tmp_path: Path) -> None:
    """Medians under other settings are not compared; a little memory more or less is the same machine."""
    base = summarise(_run(tmp_path / "base", host=HOST | {"memory_bytes": 8_010_000_000}))
    head = _run(tmp_path / "head")
    assert _compare(head, base)["latency_p50"] == "pass"
    other = replace(base, run=replace(base.run, resolution="320x240"))
    assert _compare(head, other)["latency_p50"] == "inconclusive"
