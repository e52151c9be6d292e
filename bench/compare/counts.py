"""Counts that gate strictly: errors, and what one viewer saw of another, that HEAD has and BASE has not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.compare.blocks import Block
from bench.plain import plain
from bench.words import plural

_INTEGRITY = {
    "cross_talk": "another viewer's frame came back",
    "state_errors": "another viewer's words stood in the transcript",
}
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Count:
    """Something that should never happen, and how often it did on either side. `fails`: only HEAD has it."""

    what: str
    base: int
    head: int

    @property
    def fails(self) -> bool:
        """Whether HEAD alone has it: one time is enough."""
        return self.head > 0 and self.base == 0

    @property
    def sentence(self) -> str:
        """Say it."""
        return f"Only HEAD: {self.what} ({plural(self.head, 'time')})."


def compare_counts(base: Sequence[Block], head: Sequence[Block]) -> Iterator[Count]:
    """Count what either side met, over all its blocks; what neither met is left out."""
    ours, theirs = _counts(base), _counts(head)
    for what in dict.fromkeys([*theirs, *ours]):
        yield Count(what, ours[what], theirs[what])


def _counts(blocks: Sequence[Block]) -> Counter[str]:
    found: Counter[str] = Counter()
    for block in blocks:
        for endpoint in block.summary.endpoints:
            for name, what in _INTEGRITY.items():
                found[f"{endpoint.api_name}: {what}"] += getattr(endpoint.integrity, name) or 0
        for error in block.summary.errors:
            where = f"{error.endpoint}: " if error.endpoint else ""
            found[plain(f"{where}{error.where}: {error.what}")[:_SHOWN]] += error.count
    return Counter({what: count for what, count in found.items() if count})
