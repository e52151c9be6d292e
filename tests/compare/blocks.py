"""Blocks as a comparison reads them, made without a server."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.compare.blocks import Block
from bench.compare.comparison import Pair
from bench.metrics import Distribution, Summary, summarise
from bench.metrics.figures import Failure
from tests.ledgers import steady


@cache
def _summary() -> Summary:
    with TemporaryDirectory() as folder:
        return summarise(steady(Path(folder), viewers=1, seconds=2.0).ledger())


def block(
    latency_s: float | None = 0.06, *, lost: int = 0, healthy: bool = True, error: str = "", cross_talk: int = 0
) -> Block:
    """Make a block of twenty frames, all of this latency, `lost` of them overwritten; None is nothing that came."""
    whole = _summary()
    told = whole.endpoints[0]
    changed: dict[str, Any] = {
        "latency_s": None if latency_s is None else Distribution(20, *[latency_s] * 6),
        "staleness_s": None if latency_s is None else Distribution(2.0, *[latency_s + 0.05] * 6),
        "frames": replace(told.frames, captured=20, delivered=20 - lost, overwritten=lost),
        "integrity": replace(told.integrity, cross_talk=cross_talk),
    }
    errors = [Failure(where="handler", what=error, count=1, endpoint="simple")] if error else []
    generator = replace(whole.generator, healthy=healthy)
    return Block(0.0, 3.0, replace(whole, endpoints=[replace(told, **changed)], errors=errors, generator=generator))


def pairs(ratios: list[float]) -> list[Pair]:
    """Pair blocks of 60 ms with ones that are longer by these ratios."""
    return [Pair(block(), block(0.06 * ratio)) for ratio in ratios]
