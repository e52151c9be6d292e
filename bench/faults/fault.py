"""A fault, as data: which exchanges on the wire it strikes, when, and what it does to them."""

from dataclasses import dataclass
from typing import Literal

Does = Literal[
    "slow",  # answers `delay_s` (and up to `jitter_s`) later, at `bytes_per_s` where that is given
    "status",  # answers `status` and `text` itself; the app never hears of it
    "reset before",  # reads the request and resets the connection
    "reset within",  # resets it in the middle of the answer
    "reset after",  # resets it once the answer is whole
    "hang",  # says nothing and closes nothing
    "cut",  # ends an event stream in the middle of its message number `after`
    "split",  # sends every byte by itself
    "say",  # puts `text` as an event message before message number `after`
    "endless",  # answers 200 with a body that never ends
    "forget login",  # takes the cookies out of the request
]
NEVER_S = 1e9


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls exchanges whose path holds `path`.

    It strikes each `every`-th of them from `from_s` until `until_s`, seconds since the first join passed.
    """

    does: Does
    path: str = ""
    from_s: float = 0.0
    until_s: float = NEVER_S
    every: int = 1
    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float = 0.0
    status: int = 0
    after: int = 3
    text: str = ""

    def strikes(self, path: str, number: int, now_s: float) -> bool:
        """Whether it strikes this exchange, the `number`-th of those it may, at `now_s` since the first join."""
        return self.path in path and self.from_s <= now_s < self.until_s and number % self.every == 0
