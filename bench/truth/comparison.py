"""The harness's ledger beside the server's records, frame by frame: every difference is the harness's error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.ledger import JOIN, SHOWN, Ledger
from bench.metrics.window import Window
from bench.truth.records import Post, Records
from bench.truth.script import Script
from bench.truth.side import Account, Side

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds by which the harness is off, one value for each frame (for each stream in `wait_s`); over is positive.

    The true latency of a frame runs from its tick to the instant at which the server had written its file: what the
    frame met on the way (the generator's lateness in sending, the handler, the wait for the GET) is in it. So
    `latency_s` is what remains: the harness's `shown_s` less the server's `served_s`. The server knows such an instant
    no better than from before to after the write; what lies between is no error. `serve_s` compares the part from
    the written POST to the result's message with the server's from receipt to sending, `wait_s` the time from join to
    open. `lag_s` is no error but the generator's lateness: tick to the beginning of sending. `overhead_s` is all of the
    latency that the server did not cause: the harness's whole latency less handler, mailbox and file.
    `true_latency_s` are the true latencies themselves.
    """

    latency_s: Floats
    serve_s: Floats
    wait_s: Floats
    lag_s: Floats
    overhead_s: Floats
    true_latency_s: Floats


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole run compared: one account for each script, the errors of all its frames, and of waits by script."""

    accounts: list[Account]
    errors: Errors
    waits_s: dict[str, Floats]


def compare(ledger: Ledger, records: Records, scripts: tuple[Script, ...]) -> Comparison:
    """Compare a ledger with the records of the server it was driven at; errors are those of the measured window."""
    sides = [Side(ledger, index, records, scripts) for index in range(len(ledger.meta["endpoints"]))]
    waits_s = {side.name: _wait_errors(side) for side in sides}
    return Comparison([side.account() for side in sides], _errors(sides, Window.measured(ledger)), waits_s)


def _wait_errors(side: Side) -> Floats:
    return np.array([row["open_s"] - row["joined_s"] - (one.opened_s - one.joined_s) for row, one in side.streams()])


def _errors(sides: list[Side], window: Window) -> Errors:
    both = [
        (side, row, post)
        for side in sides
        for row, post in side.pairs()
        if window.begin_s <= row["tick_s"] < window.end_s
    ]
    sent = [side.instant(row, "sending_s") - side.instant(row, "tick_s") for side, row, _ in both]
    seen = [
        (side, row, post)
        for side, row, post in both
        if row["flags"] & SHOWN and not row["flags"] & JOIN and post.shows == post.number and not post.repeats
    ]
    return Errors(
        latency_s=np.array(
            [_beyond(side.instant(row, "shown_s"), post.serving_s, post.served_s) for side, row, post in seen]
        ),
        serve_s=np.array(
            [
                _beyond(row["result_s"] - row["sent_s"] + post.received_s, post.sending_s, post.sent_s)
                for _, row, post in seen
            ]
        ),
        wait_s=np.concatenate([np.empty(0), *map(_wait_errors, sides)]),
        lag_s=np.array(sent),
        overhead_s=np.array([row["shown_s"] - row["tick_s"] - _server_s(post) for _, row, post in seen]),
        true_latency_s=np.array([post.served_s - side.instant(row, "tick_s") for side, row, post in seen]),
    )


def _beyond(instant_s: float, begin_s: float, end_s: float) -> float:
    """Tell how far an instant lies outside a span; inside it is no error."""
    return instant_s - min(max(instant_s, begin_s), end_s)


def _server_s(post: Post) -> float:
    """Seconds that a frame spent in the server: mailbox, handler, and its file."""
    return (post.sent_s - post.received_s) + (post.served_s - post.asked_s)
