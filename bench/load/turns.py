"""Turns: who is who in a run. Every viewer gets a number of its own, and the endpoints are shared out evenly."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

TakeTurn = Callable[[str | None], "Turn | None"]
"""Gives a viewer of an endpoint (None: of any) its turn; None when the run is over meanwhile."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A viewer's `number` in the run, counted from 0, and its `place` among those who asked for the same endpoint."""

    number: int
    place: int


class Turns:
    """Hands out turns. In a run of several processes the master's are the only ones, so no two viewers are the same.

    Numbers have no gaps, for they must fit a mark of as little as 12 bits, or a spoken word of 10; and a run of
    several processes has the same viewers as a run of one.
    """

    def __init__(self) -> None:
        self._numbers = 0
        self._places: Counter[str | None] = Counter()

    def take(self, api_name: str | None) -> Turn:
        """Give the next viewer its turn."""
        turn = Turn(self._numbers, self._places[api_name])
        self._numbers += 1
        self._places[api_name] += 1
        return turn
