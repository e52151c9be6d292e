"""One endpoint's figures: an entry of `endpoints` in results.json, as frozen values.

Names and nesting are those of results.json. Every `_s` is in seconds. None means that a figure was not measured or
cannot be known; it never stands for 0.
"""

from dataclasses import dataclass

from bench.metrics.distribution import Distribution
from bench.metrics.vanished import Vanished


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Frames by fate. `captured` counts the viewers' ticks: the sum of the fates exactly when the books close."""

    captured: int
    delivered: int
    skipped: int
    rejected: int
    overwritten: int
    cut_off: int
    failed: int
    in_flight: int
    unattributed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """`unaccounted` is the number of ticks without a row, or rows beyond one for a tick; `closed`: there are none."""

    closed: bool
    unaccounted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """Mean bytes of a frame sent (the POST's body) and of a result received (the file, or else the message)."""

    sent: float | None
    received: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fps:
    """Frames a second, per viewer: captured, and delivered back. Each tick stands for one `stream_every_s`."""

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
class Profile:
    """What `parts_s.serve` is made of, by Gradio's own traces of `streams` streams and their `calls`.

    `queue_wait_s` is over streams; the others are means over calls. waiting: what serve has beyond the three others,
    such as the stream's mailbox, and the way; None where serve is. preprocess, handler and postprocess: their waits for
    a thread included.
    """

    streams: int
    calls: int
    queue_wait_s: Distribution | None
    waiting_s: float | None
    preprocess_s: float
    handler_s: float
    postprocess_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezes:
    """Gaps between shown pictures that a viewer notices as a freeze; `longest_s` is None where there was none."""

    count: int
    total_s: float
    longest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFates:
    """Seconds of sound by what became of their chunks: the fates of `Frames`, in seconds."""

    delivered: float
    skipped: float
    rejected: float
    overwritten: float
    cut_off: float
    failed: float
    in_flight: float
    unattributed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Holes in what the app heard of one viewer, in seconds of sound; `waiting_s` of `total_s` was never sent.

    `longest_s` is None where there was none.
    """

    count: int
    longest_s: float | None
    total_s: float
    waiting_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What became of the sound that microphones recorded inside the window.

    captured: all of it; sent: accepted by the server; heard: a result came for it; lost: accepted, and then
    overwritten, cut off or failed; lost waiting: thrown away while the viewer had no open stream. `fates_s` adds up to
    `captured_s`. `lost_updates` and `damaged` are those of `Integrity`.
    """

    captured_s: float
    sent_s: float
    heard_s: float
    lost_s: float
    lost_waiting_s: float
    fates_s: SoundFates
    gaps: Gaps
    lost_updates: int | None
    damaged: int | None


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
    """Open streams at once: the most, the mean over the window, and the mean's share of the effective limit.

    `group_use` is that share for all endpoints of its `concurrency_id` together; None where its slots are its own.
    """

    peak_active: int | None
    mean_active: float | None
    slot_use: float | None
    group_use: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodput:
    """Viewers for whom a rule held; all None while no rule was given."""

    viewers: int | None = None
    good_viewers: int | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """Results that should not have come: sums over streams that lasted into the window; None where it cannot be told.

    The first three need results that can be read, the others a transcript: `state_errors` are words of another viewer
    in it (so is `cross_talk` then), `damaged` stretches of it are no word, and `lost_updates` are the times it went
    back to an older state. Where results carry no mark, a count above 0 is certain all the same.
    """

    cross_talk: int | None
    out_of_order: int | None
    duplicated: int | None
    state_errors: int | None
    damaged: int | None
    lost_updates: int | None


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

    `shown`, `staleness_s`, `staleness_open_s` and `freezes` are None where results are not pictures: what counts then
    is `frames.delivered`. `call_s` is how long the app takes for one frame, its way there included (the median).
    `profile` is None unless the app was started with GRADIO_PROFILING=1.
    `sound` is None for a camera, `vanished` where nobody vanished with a stream open.
    """

    api_name: str
    kind: str
    attribution: str
    result: str | None
    settings: Settings
    viewers: int
    viewers_without_result: int
    frames: Frames
    books: Books
    shown: int | None
    results: int
    bytes_per_frame: Bytes
    fps: Fps
    latency_s: Distribution | None
    latency_lower_s: Distribution | None
    latency_raw_s: Distribution | None
    parts_s: Parts
    call_s: float | None
    profile: Profile | None
    staleness_s: Distribution | None
    staleness_open_s: Distribution | None
    freezes: Freezes | None
    sound: Sound | None
    first_frame_s: Distribution | None
    queue_wait_s: Distribution | None
    eta_error_s: Distribution | None
    rotation: Rotation
    concurrency: Concurrency
    goodput: Goodput
    integrity: Integrity
    vanished: list[Vanished] | None
    changes: list[Change]
