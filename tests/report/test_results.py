"""results.json: what others rely on, checked against its schema."""

import copy
import dataclasses
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from bench.errors import LedgerError
from bench.ledger import Fate
from bench.metrics import summarise
from bench.report import write_reports
from bench.report.results import as_json, schema
from tests.ledgers import LedgerBuilder, Turns, endpoint, meta, steady

CONTRACT = {
    "": {"schema", "app", "generator", "run", "endpoints", "errors", "findings", "verdict"},
    "app": {"url", "gradio_version", "gradio_client_version", "ssr", "max_threads"},
    "generator": {"healthy", "reasons", "send_lag_s", "cpu_s_per_frame", "processes"},
    "run": {"started_at", "duration_s", "warmup_s", "viewers", "seed", "command", "host"},
    "verdict": {"status", "checks"},
}
ENDPOINT_CONTRACT = {
    "": {
        *("api_name", "kind", "attribution", "settings", "viewers", "frames", "shown", "results", "bytes_per_frame"),
        *(
            "fps",
            "latency_s",
            "latency_raw_s",
            "parts_s",
            "staleness_s",
            "staleness_open_s",
            "freezes",
            "books",
            "sound",
        ),
        *("first_frame_s", "queue_wait_s", "eta_error_s", "rotation", "concurrency", "goodput", "integrity"),
    },
    "settings": {"stream_every_s", "time_limit_s", "concurrency_limit", "effective_limit"},
    "frames": {
        *("captured", "delivered", "overwritten", "skipped", "rejected", "cut_off", "failed", "in_flight"),
        "unattributed",
    },
    "books": {"closed", "unaccounted"},
    "bytes_per_frame": {"sent", "received"},
    "fps": {"offered", "delivered"},
    "latency_s": {"count", "mean", "p50", "p90", "p95", "p99", "max"},
    "parts_s": {"send", "accept", "serve", "fetch"},
    "freezes": {"count", "total_s", "longest_s"},
    "rotation": {"granted_s", "rejoin_gap_s", "duty_cycle", "fairness_jain", "worst_wait_s", "predicted_wait_s"},
    "concurrency": {"peak_active", "mean_active", "slot_use"},
    "goodput": {"viewers", "good_viewers", "rule"},
    "integrity": {"cross_talk", "out_of_order", "duplicated", "state_errors", "damaged", "lost_updates"},
}


def _keys(found: dict[str, Any], contract: dict[str, set[str]]) -> dict[str, set[str]]:
    """List what is missing of the keys promised."""
    parts = {name: found[name] if name else found for name in contract}
    return {name: contract[name] - set(part) for name, part in parts.items() if contract[name] - set(part)}


def test_every_promised_key_is_there(tmp_path: Path) -> None:
    """The names and the nesting of "gradio-bench/1" are what other tools read: none may go missing."""
    found = as_json(summarise(Turns(seconds=20.0).write(tmp_path).ledger()))

    assert found["schema"] == "gradio-bench/1"
    assert _keys(found, CONTRACT) == {}
    assert _keys(found["endpoints"][0], ENDPOINT_CONTRACT) == {}


def test_the_schema_is_one() -> None:
    """The schema itself is valid JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(schema())


def _rich(folder: Path) -> LedgerBuilder:
    builder = Turns(seconds=20.0).write(folder)
    for second in range(5):
        builder.note("generator", second, cpu_s=second * 0.3, rss_bytes=1, loop_lag_s=0.001)
        builder.note("app", second, cpu_s=second * 0.3, rss_bytes=1, threads=5, disk_bytes=9)
    builder.note("error", 1.0, where="join", what="HTTP 503", endpoint="simple")
    builder.note("change", 3.0, endpoint="simple", input="filter", pictures=2, duration_s=0.3)
    return builder


def _bare(folder: Path) -> LedgerBuilder:
    return LedgerBuilder(folder, {"endpoints": [], "run": {}})


def _unmeasured(folder: Path) -> LedgerBuilder:
    return steady(folder, warmup_s=99.0)


def _microphone(folder: Path) -> LedgerBuilder:
    described = endpoint("audio", kind="microphone", result="text", stream_every_s=1.0)
    builder = LedgerBuilder(folder, meta(described))
    builder.span(0.0, 8.0)
    builder.viewer(1, 0.0, 8.0)
    for frame, fate in enumerate(Fate):
        builder.frame(1, frame, float(frame), fate, shown=False, sound_s=1.0)
    builder.frame(1, 8, 7.9, shown=False, sound_s=1.0)
    return builder


def _told_nothing(folder: Path) -> LedgerBuilder:
    limits = dict.fromkeys(("time_limit_s", "concurrency_limit", "effective_limit"))
    builder = LedgerBuilder(folder, meta(endpoint(result="text", attribution="bounded", **limits)))
    builder.span(0.0, 1.0)
    builder.viewer(1, 0.0, 1.0)
    builder.frame(1, 1, 0.1, shown=False)
    return builder


@pytest.mark.parametrize("run", [_rich, _bare, _unmeasured, _told_nothing, _microphone, steady])
def test_every_kind_of_run_meets_the_schema(tmp_path: Path, run: Any) -> None:
    """Runs with everything, with nothing, and with limits nobody knows all give valid results."""
    jsonschema.validate(as_json(summarise(run(tmp_path).ledger())), schema())


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema",), "gradio-bench/2"),
        (("verdict", "status"), "maybe"),
        (("endpoints", 0, "kind"), "screen"),
        (("endpoints", 0, "latency_s", "p99"), None),
        (("endpoints", 0, "frames", "captured"), 1.5),
        (("endpoints", 0, "rotation", "duty_cycle"), -0.1),
        (("generator", "healthy"), None),
    ],
)
def test_the_schema_refuses_what_is_wrong(tmp_path: Path, path: tuple[str | int, ...], wrong: object) -> None:
    """A schema that accepted anything would pin nothing: each of these is refused."""
    results = as_json(summarise(steady(tmp_path).ledger()))
    part: Any = results
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = wrong

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(results, schema())


def test_the_schema_wants_every_key(tmp_path: Path) -> None:
    """Each key of an endpoint is required: leaving any one out is refused."""
    results = as_json(summarise(steady(tmp_path).ledger()))

    for key in results["endpoints"][0]:
        without = copy.deepcopy(results)
        del without["endpoints"][0][key]
        with pytest.raises(jsonschema.ValidationError, match=key):
            jsonschema.validate(without, schema())


def test_the_schema_describes_every_key(tmp_path: Path) -> None:
    """No key is written that the schema does not document."""
    described = schema()
    results = as_json(summarise(steady(tmp_path).ledger()))

    assert set(results) == set(described["properties"])
    assert set(results["endpoints"][0]) == set(described["$defs"]["endpoint"]["properties"])
    for part in ("app", "generator", "run"):
        assert set(results[part]) == set(described["properties"][part]["properties"])


@pytest.mark.parametrize("part", ["frames", "books", "sound", "integrity", "rotation", "concurrency"])
def test_the_schema_describes_every_key_of_an_endpoints_parts(tmp_path: Path, part: str) -> None:
    """Nor is one written inside a part that the schema does not document and require."""
    found = as_json(summarise(_microphone(tmp_path).ledger()))["endpoints"][0][part]
    described = schema()["$defs"]["endpoint"]["properties"][part]
    described = described["anyOf"][0] if "anyOf" in described else described

    assert set(found) == set(described["properties"]) == set(described["required"])


def test_the_frames_of_results_are_captured_and_the_eight_fates(tmp_path: Path) -> None:
    """Whoever adds up the values of `frames` gets twice what was captured: nothing else is in there."""
    frames = as_json(summarise(Turns(seconds=20.0).write(tmp_path).ledger()))["endpoints"][0]["frames"]

    assert set(frames) == ENDPOINT_CONTRACT["frames"]
    assert sum(frames.values()) == 2 * frames["captured"]


def test_numbers_are_not_finer_than_the_clock(tmp_path: Path) -> None:
    """Microseconds are what a wall clock in a double can tell: no digits beyond them, but for tiny costs."""
    results = as_json(summarise(steady(tmp_path).ledger()))

    assert results["endpoints"][0]["latency_s"]["p50"] == 0.05
    small = as_json(dataclasses.replace(summarise(steady(tmp_path / "b").ledger()), errors=[]))
    assert small["generator"]["send_lag_s"]["p50"] == pytest.approx(0.001, rel=1e-3)


def test_reports_are_written_from_a_ledger_alone(tmp_path: Path) -> None:
    """A ledger folder is all it takes; what is on disk is what the Summary says, and a second time replaces it."""
    steady(tmp_path / "ledger").writer.close()

    for _ in range(2):
        summary = write_reports(tmp_path / "ledger", tmp_path / "out")

    written = orjson.loads((tmp_path / "out" / "results.json").read_bytes())
    assert written == as_json(summary)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"results.json", "report.html"}


def test_no_ledger_writes_no_report(tmp_path: Path) -> None:
    """An empty folder is an error, and nothing is written that looks like results."""
    with pytest.raises(LedgerError):
        write_reports(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
