"""The server's side of the simulation: who waits in which line, and who gets the next free slot."""

from collections import deque
from dataclasses import dataclass, field
from random import Random

import simpy

from bench.queueing.scenario import Audience

HANDOVER_S = 0.001
"""How long Gradio sleeps before it looks for free slots again (queueing.py, `sleep_when_free`)."""


@dataclass(slots=True)
class Line:
    """The viewers waiting for one `concurrency_id`, first come, first served; a limit of None is no limit."""

    limit: int | None = None
    taken: int = 0
    waiting: deque[simpy.Event] = field(default_factory=deque)

    def lower(self, limit: int | None) -> None:
        """Let the least limit of the endpoints in this line hold for all of them."""
        if limit is not None:
            self.limit = limit if self.limit is None else min(self.limit, limit)

    @property
    def ready(self) -> bool:
        """Whether somebody waits whom the limit lets in."""
        return bool(self.waiting) and (self.limit is None or self.taken < self.limit)


class Server:
    """Hands out slots as Gradio's queue does (queueing.py, `get_events`).

    While one of `max_threads` is free, the first of some line whose limit leaves room is let in; which line is drawn
    by lot.
    """

    def __init__(self, clock: simpy.Environment, audiences: tuple[Audience, ...], threads: int, random: Random) -> None:
        self.clock = clock
        self._random = random
        self._threads = threads
        self._lines: dict[str, Line] = {}
        self._line_of: list[Line] = []
        for index, audience in enumerate(audiences):
            name = audience.concurrency_id or f"audience {index}"
            line = self._lines.setdefault(name, Line())
            line.lower(audience.concurrency_limit)
            self._line_of.append(line)

    def join(self, audience: int) -> simpy.Event:
        """Wait in line; the event comes when a slot is there."""
        turn = self.clock.event()
        self._line_of[audience].waiting.append(turn)
        self._let_in()
        return turn

    def give_up(self, audience: int, turn: simpy.Event) -> None:
        """Leave the line without having had a turn."""
        self._line_of[audience].waiting.remove(turn)

    def leave(self, audience: int) -> None:
        """Give a slot back; Gradio notices a moment later."""
        notice = self.clock.timeout(HANDOVER_S)
        notice.callbacks.append(lambda _: self._free(audience))

    def _free(self, audience: int) -> None:
        self._line_of[audience].taken -= 1
        self._threads += 1
        self._let_in()

    def _let_in(self) -> None:
        while self._threads and (ready := [line for line in self._lines.values() if line.ready]):
            line = ready[0] if len(ready) == 1 else self._random.choice(ready)
            line.taken += 1
            self._threads -= 1
            line.waiting.popleft().succeed()
