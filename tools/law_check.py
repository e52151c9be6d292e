"""Holds the rotation law and the simulator against waits measured on real Gradio, and prints the table as Markdown."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.ledger import Fate, Ledger, Outcome
from bench.metrics import Summary
from bench.queueing import Share, granted_s, rejoin_s, shared_wait_s
from bench.queueing.scenario import Audience, Floats, Scenario, Service
from bench.queueing.simulator import simulate
from bench.run import RunSettings, run

BAR = 0.07
"""How far a prediction may be from the mean wait measured, as a share of it."""

SHARED = str(Path(__file__).parent.parent / "tests" / "apps" / "shared_slots.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One run: viewers on slots. `target` "" is the reference app; `sleep_s` is how long its handler sleeps."""

    viewers: int
    slots: int
    time_limit_s: float
    stream_every_s: float = 0.25
    binds: str = "concurrency_limit"
    target: str = ""
    endpoints: tuple[str, ...] = ("simple",)
    sleep_s: float = 0.0


SETTINGS = (
    Setting(viewers=4, slots=1, time_limit_s=2),
    Setting(viewers=6, slots=2, time_limit_s=3),
    Setting(viewers=5, slots=2, time_limit_s=3),
    Setting(viewers=9, slots=3, time_limit_s=2, sleep_s=0.4),
    Setting(viewers=7, slots=3, time_limit_s=3, binds="max_threads", target=SHARED, endpoints=("unlimited",)),
    Setting(
        viewers=6,
        slots=2,
        time_limit_s=2.5,
        stream_every_s=0.5,
        binds="shared concurrency_id",
        target=SHARED,
        endpoints=("up", "over"),
    ),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run measured. Seconds; `starts_s` are the instants of each viewer's first tick, by endpoint.

    `call_s` is a frame's way to the server and through the handler, or the handler's own time where that is slower than
    the camera and frames wait for it.
    """

    waits_s: Floats
    turns_s: Floats
    call_s: float
    eta_s: float
    starts_s: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A setting, what was measured, and the waits predicted.

    By the law: from the settings alone, and with the turn that was measured. By the simulator: from the settings and
    the instants at which the cameras started.
    """

    setting: Setting
    measured: Measured
    law_s: float
    law_of_turn_s: float
    simulated_s: Floats

    @property
    def errors(self) -> tuple[float, float, float]:
        """How far each prediction is from the mean measured, as a share of it."""
        mean_s = float(self.measured.waits_s.mean())
        predicted = (self.law_s, self.law_of_turn_s, float(self.simulated_s.mean()))
        first, second, third = ((one - mean_s) / mean_s for one in predicted)
        return first, second, third

    @property
    def holds(self) -> bool:
        """Whether every prediction is within the bar."""
        return max(map(abs, self.errors)) <= BAR


def measure(setting: Setting, seconds: float, warmup_s: float, folder: Path) -> Measured:
    """Run one setting for real; raises as `bench.run.run` does."""
    reference = not setting.target
    summary = run(
        RunSettings(
            target=setting.target,
            viewers=setting.viewers,
            duration_s=seconds,
            warmup_s=warmup_s,
            endpoints=setting.endpoints,
            stream_every=str(setting.stream_every_s),
            time_limit=str(setting.time_limit_s),
            concurrency_limit=str(setting.slots) if reference else "",
            resolution="320x240",
            environment=(("GRADIO_BENCH_SLEEP", str(setting.sleep_s)),) if reference else (),
            out=folder,
        )
    )
    return read(Ledger.read(folder / "ledger"), summary, warmup_s)


def read(ledger: Ledger, summary: Summary, warmup_s: float) -> Measured:
    """Take waits by their join and turns by their end, of all endpoints together, as the summary's window does."""
    started_s = float(ledger.viewers["started_s"].min())
    begin_s, end_s = started_s + warmup_s, float(np.nanmin(ledger.viewers["stopped_s"]))
    streams = ledger.streams
    waited = streams[(streams["joined_s"] >= begin_s) & (streams["open_s"] <= end_s)]
    ended = streams[(streams["outcome"] == Outcome.COMPLETED) & (streams["ended_s"] >= begin_s)]
    ended = ended[ended["ended_s"] <= end_s]
    viewers = ledger.viewers
    return Measured(
        waits_s=waited["open_s"] - waited["joined_s"],
        turns_s=ended["ended_s"] - ended["open_s"],
        call_s=_call_s(ledger, summary),
        eta_s=float(np.nanmedian(waited["eta_s"])) if np.isfinite(waited["eta_s"]).any() else float("nan"),
        starts_s=tuple(
            tuple(sorted(viewers["started_s"][viewers["endpoint"] == number] - started_s))
            for number in range(len(summary.endpoints))
        ),
    )


def _call_s(ledger: Ledger, summary: Summary) -> float:
    """Tell how long a call takes: results of a handler slower than the camera come a call apart."""
    parts = [(one.parts_s.send, one.parts_s.serve) for one in summary.endpoints]
    ways = [send.p50 + serve.p50 for send, serve in parts if send and serve]
    frames = ledger.frames[ledger.frames["fate"] == Fate.DELIVERED]
    frames = frames[np.lexsort((frames["result_s"], frames["stream"], frames["viewer"]))]
    same = (frames["viewer"][1:] == frames["viewer"][:-1]) & (frames["stream"][1:] == frames["stream"][:-1])
    apart_s = float(np.median(np.diff(frames["result_s"])[same]))
    every_s = ledger.meta["endpoints"][0]["settings"]["stream_every_s"]
    return apart_s if apart_s > 1.2 * every_s else float(np.mean(ways))


def predict(setting: Setting, measured: Measured, seconds: float, warmup_s: float) -> Row:
    """Predict what was measured. Of the measurement, only the duration of a call and the starts are used beforehand."""
    every_s, call_s = setting.stream_every_s, measured.call_s
    back_s = rejoin_s(every_s, call_s)
    expected_s = granted_s(setting.time_limit_s, every_s, call_s)
    turn_s = float(measured.turns_s.mean())
    return Row(
        setting,
        measured,
        law_s=shared_wait_s([Share(setting.viewers, expected_s, back_s)], setting.slots),
        law_of_turn_s=shared_wait_s([Share(setting.viewers, turn_s, back_s)], setting.slots),
        simulated_s=_simulate(setting, measured, seconds, warmup_s),
    )


def _simulate(setting: Setting, measured: Measured, seconds: float, warmup_s: float) -> Floats:
    threads = setting.binds == "max_threads"
    audiences = tuple(
        Audience(
            viewers=len(starts),
            stream_every_s=setting.stream_every_s,
            time_limit_s=setting.time_limit_s,
            concurrency_limit=None if threads else setting.slots,
            concurrency_id="together",
            service=Service(measured.call_s),
            phases_s=starts,
        )
        for starts in measured.starts_s
    )
    played = simulate(
        Scenario(
            audiences=audiences,
            duration_s=warmup_s + seconds,
            warmup_s=warmup_s,
            max_threads=setting.slots if threads else 40,
        ),
        seed=1,
    )
    return np.concatenate([one.waits_s for one in played])


HEAD = (
    "| viewers | slots, and what binds | time_limit, tick, call | turn granted | waits | wait measured: mean, median |"
    " law, from settings | law, of the turn | simulated: mean, median | Gradio's rank_eta |"
)


def line(row: Row) -> str:
    """Format one row of the table."""
    setting, measured = row.setting, row.measured
    waits, mean_s = measured.waits_s, float(measured.waits_s.mean())
    law, of_turn, simulated = (_signed(error) for error in row.errors)
    cells = [
        f"{setting.viewers}",
        f"{setting.slots}, {setting.binds}",
        f"{setting.time_limit_s:g} s, {setting.stream_every_s:g} s, {measured.call_s:.3f} s",
        f"{measured.turns_s.mean():.2f} s",
        f"{waits.size}",
        f"{mean_s:.2f} s, {np.median(waits):.2f} s",
        f"{row.law_s:.2f} s ({law})",
        f"{row.law_of_turn_s:.2f} s ({of_turn})",
        f"{row.simulated_s.mean():.2f} s ({simulated}), {np.median(row.simulated_s):.2f} s",
        "none" if np.isnan(measured.eta_s) else f"{measured.eta_s:.2f} s ({_signed(measured.eta_s / mean_s - 1, 0)})",
    ]
    return f"| {' | '.join(cells)} |"


def _signed(share: float, digits: int = 1) -> str:
    return f"{share:+.{digits}%}".replace("-", "−")


def rows(settings: Sequence[Setting], seconds: float, warmup_s: float) -> Iterator[Row]:
    """Measure and predict each setting, one after another."""
    with tempfile.TemporaryDirectory(prefix="law-") as folder:
        for number, setting in enumerate(settings):
            measured = measure(setting, seconds, warmup_s, Path(folder) / str(number))
            yield predict(setting, measured, seconds, warmup_s)


def main() -> None:
    """Run the settings, print the table, and exit with 1 where a prediction is out of bounds."""
    parser = argparse.ArgumentParser(description="Hold the rotation law against real Gradio; takes about five minutes.")
    parser.add_argument("--duration", type=float, default=36.0, help="seconds measured of each setting")
    parser.add_argument("--warmup", type=float, default=12.0, help="seconds left out before that")
    parser.add_argument("--only", type=int, help="run only this setting, counted from 1")
    given = parser.parse_args()
    chosen = SETTINGS[given.only - 1 : given.only] if given.only else SETTINGS
    sys.stdout.write(f"{HEAD}\n{'| --- ' * HEAD.count(' | ')}| --- |\n")
    good = True
    for row in rows(chosen, given.duration, given.warmup):
        sys.stdout.write(f"{line(row)}\n")
        sys.stdout.flush()
        good &= row.holds
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
