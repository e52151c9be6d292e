"""The parts of the page between findings and pictures, as rows of plain text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.metrics import Distribution, Endpoint, Summary
from bench.report.overview import overview
from bench.report.particulars import particulars
from bench.report.words import UNKNOWN, count, duration, fates, noun, quantiles, setting
from bench.report.words import error_bars as bars_of_harness
from bench.words import moment, plural

Row = tuple[str, ...]
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One endpoint's tables. `fates`: fate, frames, share of 100, gloss. `times`: name, p50, p95, p99, max, gloss."""

    name: str
    kind: str
    overview: str
    noun: str
    captured: str
    books: str
    fates: list[tuple[str, str, float, str]]
    times: list[Row]
    rates: list[Row]
    settings: list[Row]
    particulars: list[Row]


def figures(endpoint: Endpoint) -> Figures:
    """Gather an endpoint's tables."""
    frames, glosses = endpoint.frames, fates(endpoint)
    captured = frames.captured or 1
    met = [(fate, getattr(frames, fate), gloss) for fate, gloss in glosses.items() if getattr(frames, fate)]
    return Figures(
        name=endpoint.api_name,
        kind=endpoint.kind,
        overview=overview(endpoint),
        noun=noun(endpoint),
        captured=count(frames.captured),
        books="every one accounted for" if endpoint.books.closed else f"{endpoint.books.unaccounted} unaccounted for",
        fates=[(fate.replace("_", " "), count(number), 100 * number / captured, gloss) for fate, number, gloss in met],
        times=_times(endpoint),
        rates=_rates(endpoint),
        settings=_settings(endpoint),
        particulars=list(particulars(endpoint)),
    )


def _times(endpoint: Endpoint) -> list[Row]:
    parts, rotation = endpoint.parts_s, endpoint.rotation
    due, seen = ("due", "on screen") if endpoint.sound is None else ("recorded", "here")
    rows: list[tuple[str, Distribution | None, str]] = [
        ("Latency", endpoint.latency_s, f"{noun(endpoint)} {due} → result {seen}"),
        ("at least", endpoint.latency_lower_s, "results carry no mark: a range"),
        ("send", parts.send, f"{due} → sent"),
        ("serve", parts.serve, "sent → result announced"),
        ("fetch", parts.fetch, "announced → file here"),
        ("Staleness", endpoint.staleness_s, "age of the picture on screen"),
        ("in a turn", endpoint.staleness_open_s, "the same, waits left out"),
        ("First result", endpoint.first_frame_s, "switched on → first result"),
        ("Queue wait", endpoint.queue_wait_s, "joining → the turn begins"),
        ("Turn", rotation.granted_s, "how long a turn lasted"),
        ("Between turns", rotation.rejoin_gap_s, "sent away → live again"),
    ]
    return [(name, *quantiles(values), gloss) for name, values, gloss in rows if values is not None]


def _rates(endpoint: Endpoint) -> list[Row]:
    fps, sizes, goodput = endpoint.fps, endpoint.bytes_per_frame, endpoint.goodput
    rows: list[Row] = [
        ("Viewers", count(endpoint.viewers)),
        ("Without a result", count(endpoint.viewers_without_result)),
        (
            f"{noun(endpoint).capitalize()}s a second, each viewer",
            f"{_number(fps.delivered)} of {_number(fps.offered)}",
        ),
        ("Bytes sent, received", f"{_size(sizes.sent)}, {_size(sizes.received)}"),
    ]
    if goodput.viewers is not None and goodput.good_viewers is not None:
        rows.append((f"Well served ({goodput.rule})", f"{goodput.good_viewers} of {goodput.viewers}"))
    return rows


def _settings(endpoint: Endpoint) -> list[Row]:
    known = endpoint.settings
    limit = UNKNOWN if known.effective_limit is None else count(known.effective_limit)
    own = count(known.concurrency_limit) if known.concurrency_limit is not None else "none told"
    return [
        ("stream_every", setting(known.stream_every_s) if known.stream_every_s else UNKNOWN),
        ("time_limit", setting(known.time_limit_s) if known.time_limit_s is not None else "none"),
        ("concurrency_limit", own),
        ("slots", limit),
        ("attribution", endpoint.attribution),
    ]


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f}"


def _size(size: float | None) -> str:
    return UNKNOWN if size is None else f"{size / 1000:.1f} kB"


def measured(summary: Summary, ledger_dir: Path, error_bars: list[Fact]) -> list[Fact]:
    """How it was measured: versions, machine, settings, seed, error bars."""
    app, run, generator = summary.app, summary.run, summary.generator
    host: dict[str, Any] = run.host
    memory = f", {host['memory_bytes'] / 1e9:.0f} GB" if host.get("memory_bytes") else ""
    lag = generator.send_lag_s
    machine = f"{host.get('system', UNKNOWN)} {host.get('machine', '')}, {host.get('cpus', UNKNOWN)} cores{memory}"
    rows: list[tuple[str, str | None]] = [
        ("App", f"{run.target or 'the app'} at {app.url or UNKNOWN}"),
        ("Versions", _versions(summary)),
        ("Started", moment(run.started_at or "")),
        ("Measured", f"{duration(run.measured_s)} after {setting(run.warmup_s or 0.0)} of warm-up"),
        ("Viewers", str(sum(one.viewers for one in summary.endpoints))),
        ("Seed, resolution", f"{run.seed}, {run.resolution or UNKNOWN}"),
        ("Machine", machine),
        ("Load generator", f"{plural(generator.processes, 'process', 'processes')}"),
        ("Sent after due", f"99 of 100 within {duration(lag.p99)}" if lag else None),
        ("Error bars of the harness", bars_of_harness(generator.error_bars)),
        *error_bars,
        ("Ledger", str(ledger_dir)),
    ]
    return [(name, text) for name, text in rows if text]


def _versions(summary: Summary) -> str:
    app, python = summary.app, summary.run.host.get("python")
    parts = [f"Gradio {app.gradio_version or UNKNOWN}", f"gradio_client {app.gradio_client_version or UNKNOWN}"]
    return ", ".join([*parts, *([f"Python {python}"] if python else [])])
