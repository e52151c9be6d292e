"""One run of the real load side at the server of known truth, compared."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from bench.ledger import Ledger
from bench.metrics import Summary
from bench.metrics.distribution import Distribution
from bench.metrics.window import Window
from bench.run import RunSettings, run
from bench.truth.bars import MEDIAN_S, P99_S, Bar, Control, Floats, Spread, judge, timing_bars
from bench.truth.child import Metronome, TruthServer
from bench.truth.comparison import Comparison, compare
from bench.truth.records import Records

Watch = Callable[[str], None]
WARMUP_S = 1.0
"""Left out of every timing: viewers arrive all at once, and the first picture of each scene is made."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one run: the harness's figures and ledger, the server's records, and the two compared."""

    summary: Summary
    ledger: Ledger
    records: Records
    found: Comparison


@dataclass(frozen=True, slots=True)
class Measured:
    """One run's errors; `comparison.Errors` says what each is of. `cores` is the generator's share of one."""

    viewers: int
    frames_per_s: float
    cores: float
    server_cores: float
    latency: Spread | None
    serve: Spread | None
    wait: Spread | None
    lag: Spread | None
    overhead: Spread | None
    control: Control
    bars: list[Bar]


def drive(server: TruthServer, folder: Path, viewers: int, seconds: float, *, watch: Watch, title: str) -> Run:
    """Let Locust run `viewers` at the server for `seconds` after the warm-up, and compare; results go to `folder`."""
    width, height = server.size
    settings = RunSettings(
        target=server.url,
        url=True,
        viewers=viewers,
        duration_s=seconds,
        warmup_s=WARMUP_S,
        resolution=f"{width}x{height}",
        out=folder,
        command="gradio-bench selfcheck",
    )
    watch(f"{title} ...")
    summary = run(settings, lambda line: watch(f"{title}: {line.get('elapsed_s', 0.0):.0f} of {seconds + 1:.0f} s"))
    watch(f"{title}: reading the marks of the frames that arrived ...")
    records, ledger = server.report(), Ledger.read(folder / "ledger")
    (folder / "truth.json").write_bytes(orjson.dumps(records.as_json()))
    return Run(summary, ledger, records, compare(ledger, records, server.scripts))


def measure(
    server: TruthServer, folder: Path, viewers: int, seconds: float, *, metronome: Metronome, watch: Watch
) -> Measured:
    """Measure the errors of `viewers` viewers at the server's one endpoint, and hold them to the bars."""
    metronome.beats()
    done = drive(server, folder, viewers, seconds, watch=watch, title=f"Latency of {viewers} viewers")
    window = Window.measured(done.ledger)
    meanwhile = control(metronome.beats(), done)
    errors, (endpoint,) = done.found.errors, done.summary.endpoints
    where = f"{viewers} viewers"
    parts = {
        "latency": Spread.of(errors.latency_s),
        "serve": Spread.of(errors.serve_s),
        "wait": Spread.of(errors.wait_s),
    }
    differences = [difference for account in done.found.accounts for difference in account.differences]
    return Measured(
        viewers=viewers,
        frames_per_s=endpoint.frames.captured / window.length_s,
        cores=done.summary.generator.busiest_core or 0.0,
        server_cores=done.records.cpu_s / (seconds + WARMUP_S),
        **parts,
        lag=Spread.of(errors.lag_s),
        overhead=Spread.of(errors.overhead_s),
        control=meanwhile,
        bars=[
            *timing_bars(where, parts, meanwhile),
            *_figure_bars(where, endpoint.latency_s, errors.true_latency_s, meanwhile),
            *(Bar(f"{where}: fates", 1, 0, "fail", difference) for difference in differences),
        ],
    )


def _figure_bars(where: str, told: Distribution | None, true_s: Floats, control: Control) -> list[Bar]:
    """Hold the figures of results.json to the same bars: the distribution told beside that of the true latencies."""
    true = Distribution.of(true_s)
    if told is None or true is None or told.count != true.count:
        counts = [0 if one is None else int(one.count) for one in (told, true)]
        return [
            Bar(f"{where}: latency_s", abs(counts[0] - counts[1]), 0, "fail", f"{counts[0]} told, {counts[1]} true")
        ]
    return [
        judge(f"{where}: p50 of latency_s", abs(told.p50 - true.p50), MEDIAN_S, control, "median"),
        judge(f"{where}: p99 of latency_s", abs(told.p99 - true.p99), P99_S, control, "p99"),
    ]


def control(beats: Floats, done: Run) -> Control:
    """Take the lateness of the metronome and of the server's loop inside a run's measured window."""
    window = Window.measured(done.ledger)
    samples = (beats, np.array(done.records.lag_s, np.float64).reshape(-1, 2))
    due_s = [sample[:, 0] + done.ledger.metas[0]["wall_offset_s"] for sample in samples]
    inside = [(due >= window.begin_s) & (due < window.end_s) for due in due_s]
    return Control(*(Spread.of(sample[within, 1]) for sample, within in zip(samples, inside, strict=True)))
