"""How often `gradio-bench compare` is wrong: its statistics on recorded runs, and whole comparisons live.

    make gate-study                                    records for some eight minutes, then 500 comparisons in seconds
    python tools/gate_study.py --from DIR              the statistics once more, on what DIR holds
    python tools/gate_study.py --from DIR --live 10    and ten comparisons of each kind, end to end (up to an hour)

Four apps are up at once: the reference app's simple page with a handler of 50 ms, the same again, one 5 % slower and
one 10 % slower. They are visited in turn, forward and then backward, so that a drift of the machine meets all of them.
A comparison then takes whole rounds of that, in stretches as they were recorded (a moving-block bootstrap over pairs of
rounds, Künsch 1989), so what lasts for a while stays in. The comparisons share one recording, so they tell how
the statistics do on this machine at that time, and not how other machines are.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from bench.compare.blocks import Block, read_blocks
from bench.compare.comparison import FAIL, UNDECIDED, Pair, Plan, judge, measure_noise
from bench.compare.live import BLOCK_WARMUP_S, CONTROL_PAIRS, LEAST_BLOCK_S, WARM_S, Sides, compare
from bench.compare.side import Side
from bench.ledger import Ledger
from bench.run import RunSettings
from bench.slo.chance import at_most

HANDLER_S = 0.05
KINDS = {"the same": 1.0, "5 % slower": 1.05, "10 % slower": 1.10}
COMPARISONS = {"the same": 300, "5 % slower": 100, "10 % slower": 100}
BARS = {"the same": "at most 1 %", "5 % slower": "80 of 100", "10 % slower": "95 of 100"}
FOLDERS = {"base": 1.0, **KINDS}
STRETCH = 3  # pairs of rounds, some 75 s as recorded, that stay together
PLAN = Plan()


def main() -> int:
    """Record, judge, tell; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=36, metavar="N", help="rounds of four blocks to record (36)")
    parser.add_argument("--from", dest="source", type=Path, metavar="DIR", help="use what was recorded there")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to record (gradio-bench-results/gate-study-TIME)"
    )
    parser.add_argument("--live", type=int, default=0, metavar="N", help="and so many comparisons of each kind, live")
    options = parser.parse_args()
    out = options.out or Path("gradio-bench-results") / time.strftime("gate-study-%Y%m%d-%H%M%S")
    source = options.source or record(out, options.rounds)
    blocks = {name: read_blocks(Ledger.read(source / folder(name) / "ledger"), BLOCK_WARMUP_S) for name in FOLDERS}
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    recorded = {kind: study(blocks, kind, COMPARISONS[kind]) for kind in KINDS}
    told: dict[str, Any] = {"machine": machine, "rounds": rounds(blocks)}
    told["recorded"] = {kind: asdict(one) for kind, one in recorded.items()}
    sys.stdout.write(f"{told['rounds']} rounds recorded on {machine}:\n\n" + recorded_table(recorded))
    if options.live:
        told["live"] = {kind: live(out, kind, options.live) for kind in KINDS}
        sys.stdout.write("\n" + live_table(told["live"]))
    out.mkdir(parents=True, exist_ok=True)
    (out / "gate-study.json").write_text(json.dumps(told, indent=2) + "\n")
    return 0 if all(met(recorded).values()) else 1


# Recording ----------------------------------------------------------------------------------------------------


def settings(factor: float) -> RunSettings:
    """The simple page with a handler of this many times 50 ms, one viewer, and pictures too small to outweigh it."""
    return RunSettings(
        duration_s=6 * 3600.0,
        warmup_s=0.0,
        viewers=1,
        endpoints=("simple",),
        resolution="320x240",
        environment=(("GRADIO_BENCH_SIMPLE_SLEEP", str(HANDLER_S * factor)),),
    )


def folder(name: str) -> str:
    """Name a side's folder."""
    return name.replace(" % ", "-").replace(" ", "-")


def record(out: Path, count: int) -> Path:
    """Play `count` rounds, every other one backward, with blocks as `compare` has them."""
    with ExitStack() as stack:
        sides = [
            stack.enter_context(Side(name, replace(settings(factor), out=out / folder(name))))
            for name, factor in FOLDERS.items()
        ]
        for side in sides:
            side.warm_up(WARM_S)
        for number in range(count):
            sys.stderr.write(f"round {number + 1} of {count}\n")
            for side in sides if number % 2 == 0 else sides[::-1]:
                side.play(LEAST_BLOCK_S)
    return out


# The statistics on what was recorded --------------------------------------------------------------------------


def rounds(blocks: dict[str, list[Block]]) -> int:
    """Whole rounds, in pairs of one forward and one backward."""
    return min(len(each) for each in blocks.values()) // 2 * 2


@dataclass(frozen=True, slots=True)
class Studied:
    """What became of so many comparisons; `failed_at_most` is the 95 % upper bound of the share that fails."""

    as_recorded: str
    comparisons: int
    failed: int
    inconclusive: int
    failed_at_most: float
    median_pairs: int


def study(blocks: dict[str, list[Block]], kind: str, count: int) -> Studied:
    """Compare the base with this kind `count` times, each time on other stretches of rounds."""
    random = Random(f"{kind} {count}")
    twos = rounds(blocks) // 2
    statuses: Counter[str] = Counter()
    pairs: list[int] = []
    for _ in range(count):
        control = chosen(blocks, "base", "the same", drawn(random, twos, CONTROL_PAIRS // 2))
        whole = chosen(blocks, "base", kind, drawn(random, twos, PLAN.most_pairs // 2))
        if kind == "the same":
            whole = named_anew(whole, random)
        noise = measure_noise(control, PLAN)
        found = judge(whole[: PLAN.looks[0]], PLAN, noise)
        for look in PLAN.looks[1:]:
            if not found.decided:
                found = judge(whole[:look], PLAN, noise)
        statuses[found.status] += 1
        pairs.append(found.pairs)
    failed = statuses[FAIL]
    as_recorded = chosen(blocks, "base", kind, list(range(twos)))[: PLAN.most_pairs]
    return Studied(
        as_recorded=judge(as_recorded, PLAN, None).status,
        comparisons=count,
        failed=failed,
        inconclusive=statuses[UNDECIDED],
        failed_at_most=upper_bound(failed, count),
        median_pairs=sorted(pairs)[count // 2],
    )


def drawn(random: Random, twos: int, count: int) -> list[int]:
    """Draw `count` pairs of rounds, in stretches that follow each other as recorded, the end followed by the begin."""
    found: list[int] = []
    while len(found) < count:
        start = random.randrange(twos)
        found += [(start + step) % twos for step in range(STRETCH)]
    return found[:count]


def named_anew(pairs: list[Pair], random: Random) -> list[Pair]:
    """Draw which of two equal apps is called HEAD, for each stretch.

    Otherwise what sets them apart by chance over the whole recording would be the truth of every comparison. What
    sets two processes of one app apart for good goes as well: of that only live comparisons can tell.
    """
    length = 2 * STRETCH
    stretches = [pairs[at : at + length] for at in range(0, len(pairs), length)]
    turned = [each if random.random() < 0.5 else [Pair(one.head, one.base) for one in each] for each in stretches]
    return [pair for stretch in turned for pair in stretch]


def chosen(blocks: dict[str, list[Block]], base: str, head: str, twos: list[int]) -> list[Pair]:
    """Pair the blocks of these rounds."""
    return [Pair(blocks[base][at], blocks[head][at]) for two in twos for at in (2 * two, 2 * two + 1)]


def upper_bound(failures: int, count: int) -> float:
    """Give the 95 % upper bound of a chance that showed so many times (Clopper & Pearson 1934), by halving."""
    low, high = failures / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(failures, count, middle) > 0.05 else (low, middle)
    return high


# Live ---------------------------------------------------------------------------------------------------------


def live(out: Path, kind: str, count: int) -> dict[str, Any]:
    """Run whole comparisons, as the command does."""
    statuses: Counter[str] = Counter()
    begun_s = time.monotonic()
    for number in range(count):
        sides = Sides(settings(1.0), settings(KINDS[kind]))
        found = compare(sides, PLAN, out / "live" / folder(kind) / str(number))
        statuses[found.status] += 1
        sys.stderr.write(f"live, {kind}: {found.status} after {found.pairs} pairs: {' '.join(found.reasons)}\n")
    return {"comparisons": count, "mean_s": (time.monotonic() - begun_s) / count, **statuses}


# Telling ------------------------------------------------------------------------------------------------------


def met(recorded: dict[str, Studied]) -> dict[str, bool]:
    """Hold what was found to the bars."""
    return {
        "the same": recorded["the same"].failed_at_most <= 0.01,
        "5 % slower": recorded["5 % slower"].failed >= 80,
        "10 % slower": recorded["10 % slower"].failed >= 95,
    }


def recorded_table(recorded: dict[str, Studied]) -> str:
    """Tell of the comparisons on what was recorded as the table of docs/gates.md."""
    lines = [
        "| HEAD | as recorded | comparisons | failed | inconclusive | pairs, median | bar | |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for kind, one in recorded.items():
        bound = f" (at most {100 * one.failed_at_most:.2f} %)" if kind == "the same" else ""
        counts = f"{one.comparisons} | {one.failed}{bound} | {one.inconclusive} | {one.median_pairs}"
        verdict = "met" if met(recorded)[kind] else "missed"
        lines.append(f"| {kind} | {one.as_recorded} | {counts} | {BARS[kind]} | {verdict} |")
    return "\n".join(lines) + "\n"


def live_table(found: dict[str, dict[str, Any]]) -> str:
    """Tell of the live comparisons."""
    lines = ["| HEAD, live | comparisons | failed | passed | inconclusive | each |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
    for kind, one in found.items():
        counts = [one.get(status, 0) for status in ("fail", "pass", "inconclusive")]
        lines.append(f"| {kind} | {one['comparisons']} | {' | '.join(map(str, counts))} | {one['mean_s']:.0f} s |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
