"""What must hold of a row: the run ends on time, the books close, the cause is told, viewers come back calmly."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.faults.case import Case
from bench.faults.play import DURATION_S, VIEWERS, Played

START_AND_END_S = 25.0
"""What a command may take besides its run, on a machine that has other work as well."""

JOINS_PER_S = 4
"""The most joins of one viewer within a second: a storm is one at every tick."""


def complaints(case: Case, played: Played) -> list[str]:
    """Tell what does not hold, in sentences; none is a row that passes."""
    return list(_complaints(case, played))


def _complaints(case: Case, played: Played) -> Iterator[str]:
    if played.exit_code != case.exit_code:
        yield f"exit code {played.exit_code}, not {case.exit_code}"
    if played.took_s > DURATION_S + START_AND_END_S:
        yield f"it took {played.took_s:.0f} s"
    if "Traceback" in played.said + played.log:
        yield "a traceback was shown"
    told = f"{played.said}\n{words(played.results)}\n{played.log}"
    yield from (f"nobody says: {text}" for text in case.says if text.lower() not in told.lower())
    if case.faults and case.reported and not played.traffic.struck:
        yield "the fault never struck"
    if case.reported:
        yield from _of_results(case, played)


def _of_results(case: Case, played: Played) -> Iterator[str]:
    if played.results is None or played.ledger is None:
        yield "there are no results"
        return
    frames = fates(played.results)
    yield from (f"the books of {one['api_name']} are open" for one in played.results["endpoints"] if _open(one))
    yield from (f"no frame was {fate}" for fate in case.fates if not frames[fate])
    if case.harmless and played.results["errors"]:
        yield f"errors where nothing was wrong: {played.results['errors'][:2]}"
    if not case.harmless and not case.act and not (played.results["errors"] or played.results["findings"]):
        yield "neither an error nor a finding"
    told = played.results["endpoints"][0]["settings"]
    yield from (f"{name} is {told[name]}" for name, value in case.settings.items() if told[name] != value)
    if case.comes_back:
        yield from _coming_back(played)
    busiest = played.traffic.busiest_second()
    if busiest > JOINS_PER_S * VIEWERS:
        yield f"{busiest} joins of {VIEWERS} viewers within a second"


def _open(endpoint: dict[str, Any]) -> bool:
    return not endpoint["books"]["closed"]


def _coming_back(played: Played) -> Iterator[str]:
    """Every viewer has a result within the last 1.5 seconds of the run."""
    assert played.ledger is not None
    frames = played.ledger.frames
    end_s = np.nanmax(frames["tick_s"], initial=0.0)
    lately = frames[(frames["result_s"] > end_s - 1.5)]
    away = VIEWERS - np.unique(lately["viewer"]).size
    if away:
        yield f"{away} of {VIEWERS} viewers had no result at the end"


def fates(results: dict[str, Any]) -> dict[str, int]:
    """Count the frames by fate over all endpoints."""
    names = results["endpoints"][0]["frames"]
    return {name: sum(one["frames"][name] for one in results["endpoints"]) for name in names}


def words(results: dict[str, Any] | None) -> str:
    """All errors, findings and doubts as text."""
    if results is None:
        return ""
    errors = [f"{one['where']}: {one['what']}" for one in results["errors"]]
    return "\n".join([*errors, *(one["text"] for one in results["findings"]), *results["generator"]["reasons"]])
