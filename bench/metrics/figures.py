"""The Summary and its parts: what results.json holds, as frozen values.

Names and nesting are those of results.json (schema "gradio-bench/1"). Every `_s` is in seconds. None means that a
figure was not measured or cannot be known; it never stands for 0.
"""

from dataclasses import dataclass, field
from typing import Any

from bench.metrics.distribution import Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Frames by fate. `captured` counts the cameras' ticks, so it can disagree with the sum of the fates.

    `unaccounted` is the number of ticks without a row, or rows beyond one for a tick; `closed` says there are none.
    """

    captured: int
    delivered: int
    skipped: int
    rejected: int
    overwritten: int
    cut_off: int
    failed: int
    in_flight: int
    unattributed: int
    unaccounted: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """Mean bytes of a frame sent (the POST's body) and of a result received (the file, or else the message)."""

    sent: float | None
    received: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fps:
    """Frames a second of recording, per viewer: captured by the camera, and delivered back."""

    offered: float | None
    delivered: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of latency, over the same frames, so that send + serve + fetch = latency.

    send: tick → last byte of the POST written; accept: → the POST's answer (beside serve, not before it); serve: last
    byte written → result's message; fetch: → its file here (None for results without a file).
    """

    send: Distribution | None
    accept: Distribution | None
    serve: Distribution | None
    fetch: Distribution | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezes:
    """Gaps between shown pictures that a viewer notices as a freeze; `longest_s` is None where there was none."""

    count: int
    total_s: float
    longest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """How viewers took turns. `waiting_at_end` waits had not ended: they are in no distribution of waits."""

    granted_s: Distribution | None
    rejoin_gap_s: Distribution | None
    duty_cycle: float | None
    fairness_jain: float | None
    worst_wait_s: float | None
    predicted_wait_s: float | None
    waiting_at_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """Open streams at once: the most, the mean over the window, and the mean's share of the effective limit."""

    peak_active: int | None
    mean_active: float | None
    slot_use: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodput:
    """Viewers for whom a rule held; all None while no rule was given."""

    viewers: int | None = None
    good_viewers: int | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """Results that should not have come: sums over streams that lasted into the window."""

    cross_talk: int
    out_of_order: int
    duplicated: int
    state_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An input changed while streaming, `count` times: how long, and how many pictures, until its effect showed."""

    input: str
    count: int
    shown_after_s: Distribution | None
    mean_pictures: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings an endpoint ran with; None where a limit is not set or cannot be known."""

    stream_every_s: float | None
    time_limit_s: float | None
    concurrency_limit: int | None
    effective_limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Every figure of one endpoint. `latency_lower_s` is the lower bound where attribution is bounded, else None.

    `shown` is None where results are not fetched files: what counts then is `frames.delivered`.
    """

    api_name: str
    kind: str
    attribution: str
    result: str | None
    settings: Settings
    viewers: int
    viewers_without_result: int
    frames: Frames
    shown: int | None
    results: int
    bytes_per_frame: Bytes
    fps: Fps
    latency_s: Distribution | None
    latency_lower_s: Distribution | None
    latency_raw_s: Distribution | None
    parts_s: Parts
    staleness_s: Distribution | None
    staleness_open_s: Distribution | None
    freezes: Freezes | None
    first_frame_s: Distribution | None
    queue_wait_s: Distribution | None
    eta_error_s: Distribution | None
    rotation: Rotation
    concurrency: Concurrency
    goodput: Goodput
    integrity: Integrity
    changes: list[Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """Whether the load generator kept up, and what it spent.

    `busiest_core` is the share of one core that the busiest generator process used; `loop_lag_s` the latest that its
    event loop woke in each second; `processes` counts those that had viewers.
    """

    healthy: bool
    reasons: list[str]
    send_lag_s: Distribution | None
    loop_lag_s: Distribution | None
    cpu_s_per_frame: float | None
    busiest_core: float | None
    processes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the app under test used in the window, where it was our child: mean cores, peaks, and disk gained."""

    cores: float | None
    rss_bytes: int | None
    threads: int | None
    disk_bytes: int | None


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
class Verdict:
    """What a gate said: "pass", "fail", "inconclusive", or "none" where none was asked."""

    status: str = "none"
    checks: list[dict[str, Any]] = field(default_factory=list)


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
