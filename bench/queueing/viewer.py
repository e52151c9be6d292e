"""One simulated viewer: ticks that never wait, turns in the queue, and one waiting frame that the latest overwrites."""

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random

import simpy

from bench.queueing.scenario import Audience
from bench.queueing.server import Server

_CLOSE_S = 1e-9  # sums of ticks differ by rounding: instants closer than this are one
_IDLE_S = 30.0  # how long Gradio waits for a frame where there is no time_limit (queueing.py, `wait_for_batch`)

Steps = Generator[simpy.Event, None, None]


@dataclass(slots=True)
class Log:
    """What happened to one viewer: frames by fate, instants of its streams, (seen, tick) of its results. Seconds."""

    fates: dict[str, int] = field(default_factory=dict)
    joins: list[tuple[float, float]] = field(default_factory=list)  # joined, opened
    turns: list[tuple[float, float]] = field(default_factory=list)  # opened, ended
    returns: list[tuple[float, float]] = field(default_factory=list)  # ended, joined again
    seen: list[tuple[float, float]] = field(default_factory=list)


class Viewer:
    """A viewer whose camera ticks from `first_s` (inclusive) until `stop_s` (exclusive).

    Frames are known by their number; `_next` is the first one whose fate is still open, besides the one `_pending` in
    the queue or in the handler. Fates leave out frames whose tick comes before `window_s`.
    """

    def __init__(self, audience: Audience, first_s: float, stop_s: float, window_s: float) -> None:
        self.audience, self.first_s, self.stop_s = audience, first_s, stop_s
        self.log = Log()
        self._every_s, self._way_s = audience.stream_every_s, audience.way_s
        self._ticks = self._before(stop_s)
        self._window = self._before(window_s)
        self._next = 0
        self._pending: int | None = None
        self._opened_s: float | None = None

    @property
    def captured(self) -> int:
        """How many ticks it has inside the window."""
        return max(0, self._ticks - self._window)

    def live(self, server: Server, line: int, random: Random, end_s: float) -> Steps:
        """Come, take turns in one of the server's lines until it stops, and go; the run itself ends at `end_s`."""
        clock = server.clock
        yield clock.timeout(self.first_s)
        while self._next < self._ticks:
            joined_s = clock.now
            self._pending, self._next = self._next, self._next + 1
            turn = server.join(line)
            yield turn if self.stop_s >= end_s else turn | clock.timeout(self.stop_s - clock.now)
            if not turn.triggered:
                server.give_up(line, turn)
                break
            self.log.joins.append((joined_s, clock.now))
            yield from self._take_turn(clock, random)
            server.leave(line)
            if self._next < self._ticks:
                ended_s = clock.now
                yield clock.timeout(max(0.0, self._tick_s(self._next) - ended_s))
                self.log.returns.append((ended_s, clock.now))
        self.close(clock.now)

    def close(self, now_s: float) -> None:
        """Give the frames whose fate is open the one they have when the viewer, or the run, ends."""
        if self._pending is not None:
            self._count("in_flight", self._pending, self._pending + 1)
        if self._opened_s is None:
            self._count("skipped", self._next, self._ticks)
        else:
            self.log.turns.append((self._opened_s, math.inf))
            latest = max(self._next, self._arrived(now_s) - 1)
            self._count("overwritten", self._next, latest)
            self._count("in_flight", latest, self._ticks)
        self._next, self._pending, self._opened_s = self._ticks, None, None

    def _before(self, instant_s: float) -> int:
        """How many ticks come before an instant, were there no end."""
        return max(0, math.ceil((instant_s - self.first_s) / self._every_s - _CLOSE_S))

    def _tick_s(self, frame: int) -> float:
        return self.first_s + frame * self._every_s

    def _by(self, instant_s: float) -> int:
        """How many frames there are at an instant, that of a tick included."""
        return min(self._ticks, max(0, math.floor((instant_s - self.first_s) / self._every_s + _CLOSE_S) + 1))

    def _arrived(self, instant_s: float) -> int:
        return self._by(instant_s - self._way_s)

    def _count(self, fate: str, first: int, beyond: int) -> None:
        number = beyond - max(first, self._window)
        if number > 0:
            self.log.fates[fate] = self.log.fates.get(fate, 0) + number

    def _take_turn(self, clock: simpy.Environment, random: Random) -> Steps:
        """Have the join's frame and then each newest one handled until the limit, or the viewer, ends the stream.

        As in Gradio, the time that has passed is looked at when a frame has been handled; without a frame for the
        length of the limit (less the first call) the stream is cut.
        """
        self._opened_s = opened_s = clock.now
        self._count("skipped", self._next, self._by(opened_s))
        self._next = max(self._next, self._by(opened_s))
        limit_s = self.audience.time_limit_s
        idle_s: float | None = None
        while True:
            yield from self._handle(clock, random)
            now_s = clock.now
            if idle_s is None:
                idle_s = max(0.0, (limit_s or _IDLE_S) - (now_s - opened_s))
            if now_s >= self.stop_s or (limit_s is not None and now_s - opened_s >= limit_s - _CLOSE_S):
                break
            yield clock.timeout(max(0.0, self._take_newest(now_s, idle_s) - now_s))
            if self._pending is None:
                break
        self._end_turn(opened_s, clock.now)

    def _handle(self, clock: simpy.Environment, random: Random) -> Steps:
        assert self._pending is not None
        yield clock.timeout(self.audience.service.draw(random))
        self._count("delivered", self._pending, self._pending + 1)
        self.log.seen.append((clock.now, self._tick_s(self._pending)))
        self._pending = None

    def _take_newest(self, now_s: float, idle_s: float) -> float:
        """Make the newest frame the one to handle, and say when: now, or when it comes.

        Where none comes in time, nothing is pending, and the instant is that of the stream's end.
        """
        latest = self._arrived(now_s) - 1
        if latest >= self._next:
            self._count("overwritten", self._next, latest)
            self._pending, self._next = latest, latest + 1
            return now_s
        comes_s = self._tick_s(self._next) + self._way_s
        if self._next >= self._ticks or comes_s > now_s + idle_s:
            return min(now_s + idle_s, max(now_s, self.stop_s))
        self._pending, self._next = self._next, self._next + 1
        return comes_s

    def _end_turn(self, opened_s: float, now_s: float) -> None:
        arrived, sent = self._arrived(now_s), self._by(now_s)
        self._count("overwritten", self._next, arrived - 1)
        self._count("cut_off", max(self._next, arrived - 1), arrived)
        self._count("rejected", max(self._next, arrived), sent)
        self._next = max(self._next, sent)
        self._opened_s = None
        self.log.turns.append((opened_s, now_s))
