"""A comparison as it happens: three apps up at once, the control, then blocks in ABBA order until it is decided."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.compare.comparison import Comparison, Noise, Pair, Plan, judge, measure_noise
from bench.compare.side import Side
from bench.errors import UsageError
from bench.ledger import refuse_existing
from bench.run import RunSettings

CONTROL_PAIRS = 6
WARM_S = 2.0  # the first results of a new process are slow ones
BLOCK_WARMUP_S = 0.7  # of each block: the join, and the first frames after it
LEAST_BLOCK_S = 3.0
TICKS = 12
"""Frames of each viewer that a block should measure at least, for a median worth the name."""

_LABELS = {"base": "BASE", "head": "HEAD", "twin": "BASE again"}  # what people call the folders of a comparison

Progress = Callable[["Stage"], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """How far it is: `text` says what is going on, `left_s` the most that it can still take, None before blocks."""

    text: str
    done: int = 0
    most: int = 0
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Settings of both sides."""

    base: RunSettings
    head: RunSettings


class CutShortError(Exception):
    """Ctrl-C, or a side that ended: what was known by then, and the `cause`, None for Ctrl-C."""

    def __init__(self, comparison: Comparison, cause: Exception | None) -> None:
        super().__init__("Interrupted: the comparison ends there." if cause is None else str(cause))
        self.comparison = comparison
        self.cause = cause


def compare(
    sides: Sides,
    plan: Plan,
    out: Path,
    *,
    block_s: float | None = None,
    control_pairs: int = CONTROL_PAIRS,
    tell: Progress = lambda _stage: None,
) -> Comparison:
    """Drive both sides in turn until it is decided, or the most pairs are played; ledgers go into folders of `out`.

    `block_s` None is as long as TICKS of the slowest camera take, and LEAST_BLOCK_S at least.
    Raises UsageError and TargetError as the sides find them, and CutShortError once there was something to keep.
    """
    if not plan.looks:
        raise UsageError(f"{2 * plan.most_pairs} blocks can decide nothing.", "Give --max-blocks 20 or more.")
    refuse_existing(out)
    with ExitStack() as stack:
        named = {"base": sides.base, "head": sides.head} | ({"twin": sides.base} if control_pairs else {})
        live = {
            name: stack.enter_context(Side(_LABELS[name], replace(settings, out=out / name)))
            for name, settings in named.items()
        }
        for side in live.values():
            tell(Stage(f"Waiting for {side.name} ..."))
            side.warm_up(WARM_S)
        every_s = max(side.stream_every_s() for side in live.values())
        warmup_s = max(BLOCK_WARMUP_S, 2 * every_s)
        length_s = block_s or max(LEAST_BLOCK_S, warmup_s + TICKS * every_s)
        if length_s < warmup_s + 4 * every_s:
            raise UsageError(
                f"Blocks of {length_s:g} s hold too few frames.", f"Give --block {warmup_s + TICKS * every_s:g}s."
            )
        names = live["base"].endpoints()
        if live["head"].endpoints() != names:
            theirs = ", ".join(live["head"].endpoints())
            raise UsageError(f"BASE has {', '.join(names)}, HEAD has {theirs}.", "Name what both have with --endpoint.")
        plan = replace(plan, endpoints=len(names))
        return _Course(live, plan, length_s, warmup_s, control_pairs, tell).run()


@dataclass
class _Course:
    """The blocks of one comparison, one after another."""

    live: dict[str, Side]
    plan: Plan
    block_s: float
    warmup_s: float
    control_pairs: int
    tell: Progress
    noise: Noise | None = None
    begun_s: float = 0.0
    blocks: int = 0

    def run(self) -> Comparison:
        pairs: list[Pair] = []
        self.begun_s = time.monotonic()
        try:
            if self.control_pairs:
                self.noise = measure_noise(list(self._pairs("base", "twin", self.control_pairs)), self.plan)
            for pair in self._pairs("base", "head", self.plan.most_pairs):
                pairs.append(pair)
                if len(pairs) in self.plan.looks or self._new_error(pairs):
                    found = judge(pairs, self.plan, self.noise)
                    if found.decided:
                        return found
        except (KeyboardInterrupt, Exception) as error:
            cause = None if isinstance(error, KeyboardInterrupt) else error
            raise CutShortError(judge(pairs, self.plan, self.noise), cause) from error
        return judge(pairs, self.plan, self.noise)

    def _new_error(self, pairs: Sequence[Pair]) -> bool:
        """Look out of turn for what no statistics are needed for."""
        return len(pairs) % 2 == 0 and any(count.fails for count in judge(pairs, self.plan, self.noise).counts)

    def _pairs(self, first: str, second: str, count: int) -> Iterator[Pair]:
        """Play pairs, and turn the order round each time: ABBA."""
        for number in range(count):
            for name in (first, second) if number % 2 == 0 else (second, first):
                self._announce(name, number, control=second == "twin")
                self.live[name].play(self.block_s)
                self.blocks += 1
            (one,), (other,) = self.live[first].blocks(self.warmup_s), self.live[second].blocks(self.warmup_s)
            yield Pair(one, other)

    def _announce(self, name: str, number: int, *, control: bool) -> None:
        most = 2 * (self.control_pairs + self.plan.most_pairs)
        each_s = (time.monotonic() - self.begun_s) / self.blocks if self.blocks else self.block_s
        doing = "Control: BASE beside itself" if control else "BASE beside HEAD"
        text = f"{doing}, pair {number + 1}: {self.live[name].name}"
        self.tell(Stage(text, self.blocks, most, (most - self.blocks) * each_s))
