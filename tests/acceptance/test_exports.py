"""A real run as other tools see it: files at its end, Prometheus and a collector while it goes on."""

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest

from bench.load.target import Target
from tests.acceptance.conftest import ROOT, RUN_LIMIT_S, command
from tests.collector import collecting
from tests.ports import free_port

pytestmark = pytest.mark.slow
ALL = ["frames.csv", "streams.csv", "frames.parquet", "streams.parquet", "junit.xml", "summary.md", "trace.json.gz"]


def _scrape(port: int, process: "subprocess.Popen[str]", *wanted: str) -> None:
    """Scrape until all these samples are there."""
    give_up_s = time.monotonic() + RUN_LIMIT_S
    while time.monotonic() < give_up_s and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                text: str = answer.read().decode()
        except OSError:
            text = ""
        if all(sample in text for sample in wanted):
            return
        time.sleep(0.2)
    raise AssertionError(f"{wanted} were never told")


def test_a_run_tells_monitoring_while_it_goes_on_and_leaves_every_file(reference_app: Target, tmp_path: Path) -> None:
    """Two processes are one run in every output; the job's page has the summary; the files agree with results.json."""
    port, page, out = free_port(), tmp_path / "page.md", tmp_path / "run"
    arguments = ["run", reference_app.url, "--endpoint", "simple", "--viewers", "2", "--processes", "2"]
    arguments += ["--stream-every", "0.25", "--duration", "6s", "--warmup", "1s", "--export", "all", "--json"]
    arguments += ["--prometheus", str(port), "--out", str(out)]
    frames = 'gradio_bench_frames_total{endpoint="simple",fate="delivered"}'
    with collecting() as (url, posted):
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("gradio-bench")), *arguments, "--otlp", url],
            cwd=ROOT,
            env={**os.environ, "GITHUB_STEP_SUMMARY": str(page)},
            stdout=subprocess.PIPE,
            text=True,
        )
        _scrape(port, process, frames, "gradio_bench_viewers 2.0")
        results = json.loads(process.communicate(timeout=RUN_LIMIT_S)[0])
    assert process.returncode == 0
    assert len(posted) >= 2
    assert min(len(body) for _, body in posted) > 100
    assert sorted(path.name for path in out.iterdir() if path.name in ALL) == sorted(ALL)
    assert page.read_text() == (out / "summary.md").read_text() + "\n"
    delivered = (out / "frames.csv").read_text().count(",delivered,")
    assert delivered >= results["endpoints"][0]["frames"]["delivered"] > 0
    events = json.loads(gzip.decompress((out / "trace.json.gz").read_bytes()))["traceEvents"]
    assert sum(event["ph"] == "n" and event["name"] == "delivered" for event in events) == delivered
    assert {event["args"]["name"] for event in events if event["name"] == "thread_name"} >= {"viewer 0", "viewer 1"}
    assert ElementTree.parse(out / "junit.xml").getroot().find("testsuite[@name='simple']") is not None


def test_a_report_is_exported_later_too(reference_app: Target, tmp_path: Path) -> None:
    """`--format` is another name of `--export`, and what is no format is refused in a sentence."""
    out = str(tmp_path / "run")
    arguments = ["--endpoint", "simple", "--viewers", "1", "--duration", "2s", "--warmup", "0s", "--out", out]
    assert command("gradio-bench", "run", reference_app.url, *arguments, cwd=tmp_path).returncode == 0
    assert command("gradio-bench", "report", out, "--format", "junit,csv", cwd=tmp_path).returncode == 0
    assert (tmp_path / "run" / "junit.xml").exists()
    assert (tmp_path / "run" / "frames.csv").exists()
    refused = command("gradio-bench", "report", out, "--export", "excel", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--export: 'excel' is not a format." in refused.stderr
