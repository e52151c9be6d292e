"""The Summary: what results.json holds, as frozen values.

Names and nesting are those of results.json (schema "gradio-bench/1"). Every `_s` is in seconds. None means that a
figure was not measured or cannot be known; it never stands for 0.
"""

from dataclasses import dataclass, field
from typing import Any

from bench.metrics.distribution import Distribution
from bench.metrics.endpoint import Endpoint
from bench.metrics.error_bars import ErrorBars


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """Whether the load generator kept up, and what it spent.

    `busiest_core` is the share of one core that the busiest generator process used; `loop_lag_s` the latest that
    its event loop woke in each second; `other_load` is the share of the whole machine that programs other than the
    viewers and the app used, None where the app is not ours to watch; `processes` counts those that had viewers,
    `machines` those they ran on; `error_bars` are how far its times may be off.
    """

    healthy: bool
    reasons: list[str]
    send_lag_s: Distribution | None
    loop_lag_s: Distribution | None
    cpu_s_per_frame: float | None
    busiest_core: float | None
    other_load: float | None
    processes: int
    machines: int
    error_bars: ErrorBars


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the app under test used in the window, where it was our child: mean cores, peaks, and disk gained.

    `rss_bytes_per_result` is what memory gained in the second half of the window, over the results of that half.
    The disk is looked at less often than the rest: `disk_bytes` is its growth between the first and the last look, and
    `disk_bytes_per_result` that growth over the results that came meanwhile.
    """

    cores: float | None
    cpu_s_per_result: float | None
    rss_bytes: int | None
    rss_bytes_per_result: float | None
    threads: int | None
    disk_bytes: int | None
    disk_bytes_per_result: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The app under test."""

    url: str | None
    gradio_version: str | None
    gradio_client_version: str | None
    ssr: bool | None
    max_threads: int | None
    usage: Usage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run's settings, and `measured_s`: the seconds that the figures in fact cover."""

    started_at: str | None
    duration_s: float | None
    warmup_s: float | None
    viewers: int | None
    seed: int | None
    command: str | None
    target: str | None
    resolution: str | None
    host: dict[str, Any]
    measured_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Errors alike in place and kind, over the whole run: one during the warm-up explains figures too."""

    where: str
    what: str
    count: int
    endpoint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A conclusion drawn from the figures, with its evidence and its remedy."""

    id: str
    severity: str
    text: str
    evidence: dict[str, Any]
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One objective held against one endpoint, or against the run as a whole (`endpoint` None).

    `status` is that of `Verdict`; "none" where an endpoint by its nature has no such figure. `value` and `limit` are in
    `unit`: seconds, share, count, bytes, number. Of `n` values (frames, waits, pictures) `wrong` lie on the wrong side
    of the limit, and all of them tell as much as `independent` ones; None where single values do not matter. `needed`
    more values, `needed_s` more seconds of measuring, would decide at this rate; None where it is decided already, or
    nothing would decide it.
    """

    name: str
    status: str
    figure: str
    endpoint: str | None
    operator: str
    limit: float
    unit: str
    value: float | None
    n: float | None = None
    wrong: float | None = None
    independent: float | None = None
    needed: int | None = None
    needed_s: float | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a gate said: "pass", "fail", "inconclusive", or "none" where none was asked."""

    status: str = "none"
    checks: list[Check] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All figures of one run: every report is a view of this."""

    schema: str = "gradio-bench/1"
    app: App
    generator: Generator
    run: Run
    endpoints: list[Endpoint]
    errors: list[Failure]
    findings: list[Finding] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
