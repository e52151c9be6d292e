"""Files of objectives: what may be asked, and what is found out before a run starts."""

from pathlib import Path
from typing import Any

import pytest

from bench.errors import UsageError
from bench.slo import figures, parse_slo, read_slo

WHOLE = """
latency_p95 = "< 300 ms"
delivered = ">= 95 %"
overwritten = "== 0"
cross_talk = 0
fps_delivered = [">= 5", "<= 11"]
good_viewers = "≥ 99 %"
app_rss_bytes = "< 1.5 GB"
eta_error_mean = "> -2 s"
abort_on_fail = true
abort_delay = "1m30s"

[endpoint.filters]
queue_wait_p95 = "< 5 s"

[good_viewer]
fps = ">= 80 %"
staleness = "< 1 s"
freeze = "< 1 s"
wait = "< 10 s"
for = "90 %"
"""


def test_a_whole_file_is_read() -> None:
    """Every way of writing a limit has its meaning, in seconds, shares, bytes and plain numbers."""
    slo = parse_slo(WHOLE)
    assert [(str(each), each.endpoint) for each in slo.objectives] == [
        ("latency_p95 < 300 ms", None),
        ("delivered >= 95 %", None),
        ("overwritten == 0", None),
        ("cross_talk == 0", None),
        ("fps_delivered >= 5", None),
        ("fps_delivered <= 11", None),
        ("good_viewers >= 99 %", None),
        ("app_rss_bytes < 1.5 GB", None),
        ("eta_error_mean > -2 s", None),
        ("queue_wait_p95 < 5 s", "filters"),
    ]
    assert [each.limit.value for each in slo.objectives] == [0.3, 0.95, 0, 0, 5, 11, 0.99, 1.5e9, -2, 5]
    rule = slo.rule("filters")
    assert rule is not None
    assert (rule.fps, rule.of_camera, rule.staleness_s, rule.wait_s, rule.share) == (0.8, True, 1.0, 10.0, 0.9)
    assert slo.abort_s == 90.0


MISTAKES = {
    'latncy_p95 = "< 3 s"': "Did you mean latency_p95",
    'Latency-P95 = "< 3 s"': "Did you mean latency_p95",
    'latency_p95 = "< 300 mss"': "Did you mean ms",
    'latency_p95 = "< 300"': "has no unit",
    "latency_p95 = 300": "has no unit",
    'latency_p95 = "300 ms"': "which side",
    'latency_p95 = "== 300 ms"': "never be met",
    'latency_p95 = "< fast"': "has no number",
    "latency_p95 = nan": "has no number",
    "latency_p95 = true": "not a limit",
    "latency_p95 = []": "Nothing is asked",
    'delivered = ">= 0.95"': "write 95 %",
    'delivered = "> 120 %"': "between 0 % and 100 %",
    'delivered = ">= 95 ms"': "has the unit 'ms'",
    'cross_talk = "== 1e3"': "has the unit",
    'good_viewers = ">= 99 %"': "needs a rule",
    'abort_delay = "3 s"\ncross_talk = 0': "without abort_on_fail",
    "abort_on_fail = 1\ncross_talk = 0": "neither true nor false",
    'cross_talk = 0\n[good_viewer]\nfps = "< 3"': "wrong side",
    'cross_talk = 0\n[good_viewer]\nframes = ">= 3"': "no condition 'frames'",
    'cross_talk = 0\n[good_viewer]\nfor = "95 %"': "has no condition",
    'cross_talk = 0\n[good_viewer]\nfps = ">= 3"\nfor = "2"': "not a share",
    "cross_talk = 0\n[good_viewers]\nx = 1": "good_viewers",
    '[endpoint.simple]\nsend_lag_p99 = "< 1 s"': "no endpoint's figure",
    "endpoint = 3": "no table",
    "": "Nothing is asked",
    "[": "not TOML",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_with_its_remedy(text: str) -> None:
    """Whatever makes no sense is refused, with the nearest thing that does."""
    with pytest.raises(UsageError) as refused:
        parse_slo(text)
    assert MISTAKES[text] in str(refused.value)
    assert refused.value.remedy


def test_an_endpoint_that_is_not_there_is_refused() -> None:
    """A misspelt endpoint is told with the nearest one, for its lines and for its rule."""
    for text in ("[endpoint.filter]\ncross_talk = 0", 'cross_talk = 0\n[endpoint.filter.good_viewer]\nfps = ">= 1"'):
        with pytest.raises(UsageError, match="Did you mean filters"):
            parse_slo(text).require_endpoints(["simple", "filters"])
    parse_slo('[endpoint."/filters"]\ncross_talk = 0').require_endpoints(["filters"])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """So is the file in which something is wrong."""
    (tmp_path / "bad.toml").write_text("x = 1")
    (tmp_path / "latin.toml").write_bytes(b"\xff")
    for name in ("none.toml", "bad.toml", "latin.toml", ""):
        with pytest.raises(UsageError, match=name or str(tmp_path)):
            read_slo(tmp_path / name)


def test_names_are_derived_and_lead_to_one_figure_each() -> None:
    """Everything a user would ask about has its short name, and no two figures share one."""
    found = figures()
    wanted: dict[str, Any] = {
        "latency_p95": "seconds", "staleness_p95": "seconds", "queue_wait_p95": "seconds", "first_frame_p95": "seconds",
        "serve_p50": "seconds", "granted_p50": "seconds", "freezes_count": "count", "freezes_longest": "seconds",
        "delivered": "share", "overwritten": "share", "cross_talk": "count", "state_errors": "count",
        "fps_delivered": "number", "fairness_jain": "share", "errors": "count", "sound_lost": "seconds",
        "sound_gaps_count": "count", "peak_active": "count", "send_lag_p99": "seconds", "app_cores": "number",
        "good_viewers": "share", "viewers_without_result": "count", "bytes_per_frame_sent": "bytes",
    }  # fmt: skip
    assert {name: found[name].unit for name in wanted} == wanted
    paths = [(figure.part, figure.path) for figure in found.values() if figure.name != "delivered_of_sent"]
    assert len(set(paths)) == len(paths)
