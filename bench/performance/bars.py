"""The bars, each held against the median of several rounds; within a round all clients take turns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

import numpy as np

from bench.performance.cost import Visit, floor_cost, peer_cost, visit
from bench.truth.child import Metronome, TruthServer
from bench.truth.plan import LADDER

MOST_OF_PEER = 0.1
MOST_OF_FLOOR = 4.0
CROWD, CROWD_LAG_S, ONE_CORE = 250, 0.005, 1.0
VIEWER_BYTES = 250_000
FIRST_FRAME_S = 1.5
PEER_VIEWERS = 20
"""As many as the peer can serve from the one core that it has; more viewers would cost it more of frames not sent."""

Watch = Callable[[str], None]
Verdict = Literal["holds", "missed", "skipped", "inconclusive"]

BUSY_S = 0.001
"""A process that only has to wake, and is later than this once in a hundred, shares its machine with others."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How often, and for how many seconds at `viewers`; two lengths, so that starting up cancels out."""

    rounds: int = 5
    short_s: float = 2.0
    long_s: float = 8.0
    viewers: int = 50

    @property
    def lengths_s(self) -> tuple[float, float]:
        """Both lengths, the shorter first."""
        return self.short_s, self.long_s


QUICK = Plan(rounds=1, short_s=2.0, long_s=5.0)


@dataclass(slots=True)
class Found:
    """What the rounds found, one entry a round. CPU in seconds a frame.

    `late_s` is how late an idle process woke meanwhile, at the 99th percentile.
    """

    viewers: int
    harness: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    few: list[Visit] = field(default_factory=list)
    crowd: list[Visit] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table."""

    what: str
    measured: str
    wanted: str
    verdict: Verdict


def go_round(plan: Plan, peer: list[str] | None, folder: Path, watch: Watch) -> Found:
    """Measure every client in turn, `plan.rounds` times."""
    found = Found(plan.viewers)
    with Metronome() as metronome:
        for number in range(plan.rounds):
            watch(f"round {number + 1} of {plan.rounds}")
            metronome.beats()
            with TruthServer((LADDER,)) as server:  # it keeps all it was sent
                _one_round(found, server.url, plan, peer, folder / str(number))
            found.late_s.append(float(np.quantile(metronome.beats()[:, 1], 0.99)))
    return found


def _one_round(found: Found, url: str, plan: Plan, peer: list[str] | None, folder: Path) -> None:
    short, long = (visit(url, plan.viewers, each, folder / f"{each}") for each in plan.lengths_s)
    found.few.append(long)
    found.harness.append((long.cpu_s - short.cpu_s) / (long.frames - short.frames))
    found.floor.append(floor_cost(plan.viewers, plan.short_s, long.sizes))
    if peer is not None:
        found.peer.append(_peer(peer, url, plan, folder))
    found.crowd.append(visit(url, CROWD, plan.long_s, folder / "crowd"))


def bars(found: Found, why_no_peer: str) -> Iterator[Bar]:
    """Hold what was found against each bar."""
    mine, floor = median(found.harness), median(found.floor)
    ratio = median(a / b for a, b in zip(found.harness, found.floor, strict=True))
    floor_words = f"{1000 * mine:.2f} ms; raw sockets {1000 * floor:.2f} ms: {ratio:.1f} times"
    yield Bar(
        "CPU a frame, beside the floor",
        floor_words,
        f"at most {MOST_OF_FLOOR:.0f} times",
        _verdict(ratio <= MOST_OF_FLOOR),
    )
    wanted = f"at most 1/{1 / MOST_OF_PEER:.0f}"
    if found.peer:
        share = median(a / b for a, b in zip(found.harness, found.peer, strict=True))
        peer_words = f"{1000 * mine:.2f} ms; @gradio/client {1000 * median(found.peer):.2f} ms: 1/{1 / share:.1f}"
        yield Bar("CPU a frame, beside the peer", peer_words, wanted, _verdict(share <= MOST_OF_PEER))
    else:
        yield Bar("CPU a frame, beside the peer", f"not measured: {why_no_peer}", wanted, "skipped")
    yield from _crowd_bars(found)
    first_s = median(one.first_frame_s for one in found.few)
    yield Bar(
        "first frame after the prompt",
        f"{first_s:.2f} s",
        f"at most {FIRST_FRAME_S} s",
        _verdict(first_s <= FIRST_FRAME_S, found),
    )


def _crowd_bars(found: Found) -> Iterator[Bar]:
    cores = median(one.cores for one in found.crowd)
    lag_s = median(one.send_lag_p99_s for one in found.crowd)
    closed = all(one.books_closed for one in found.crowd)
    yield Bar(
        f"{CROWD} viewers at 10 fps, of one core",
        f"{cores:.2f}",
        f"below {ONE_CORE:.0f}",
        _verdict(cores < ONE_CORE, found),
    )
    wanted = f"below {1000 * CROWD_LAG_S:.0f} ms"
    yield Bar(f"{CROWD} viewers, p99 send lag", f"{1000 * lag_s:.1f} ms", wanted, _verdict(lag_s < CROWD_LAG_S, found))
    yield Bar(f"{CROWD} viewers, the books", "closed" if closed else "open", "closed", _verdict(closed))
    memory = [crowd.rss_bytes - few.rss_bytes for crowd, few in zip(found.crowd, found.few, strict=True)]
    each = median(memory) / (CROWD - found.viewers)
    yield Bar(
        "memory a viewer",
        f"{each / 1000:.0f} kB",
        f"below {VIEWER_BYTES / 1000:.0f} kB",
        _verdict(each < VIEWER_BYTES, found),
    )


def _verdict(held: bool, found: Found | None = None) -> Verdict:
    """Judge; what hangs on waking in time, as told by `found`, cannot be judged on a machine that is busy."""
    if found is not None and median(found.late_s) > BUSY_S:
        return "inconclusive"
    return "holds" if held else "missed"


def _peer(command: list[str], url: str, plan: Plan, folder: Path) -> float:
    (short_s, few), (long_s, many) = (peer_cost(command, url, PEER_VIEWERS, each, folder) for each in plan.lengths_s)
    return (long_s - short_s) / (many - few)
