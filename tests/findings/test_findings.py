"""Each finding: a run that provokes it, one that does not, and what it says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.findings import OF_A_RUN, OF_AN_ENDPOINT, find, with_findings
from bench.findings.pace import fitting_every_s
from bench.ledger import Fate, Outcome
from bench.metrics import summarise
from bench.metrics.figures import Finding
from bench.report.html.opening import opening
from tests.ledgers import NAN, LedgerBuilder, Turns, endpoint, meta, steady

Build = Callable[[Path], LedgerBuilder]


def found(builder: LedgerBuilder) -> dict[str, Finding]:
    """The findings of a run, by id."""
    ledger = builder.ledger()
    return {one.id: one for one in find(summarise(ledger), ledger)}


def busy(folder: Path, call_s: float = 0.3, seconds: float = 12.0, **changes: Any) -> LedgerBuilder:
    """Build a run of one viewer whose app takes `call_s` for a frame: the newest one waiting is taken each time."""
    described = endpoint(**changes)
    every_s, sound_s = described["settings"]["stream_every_s"], described.get("sound_s", 0.0)
    builder = LedgerBuilder(folder, meta(described))
    builder.span(0.0, seconds)
    builder.viewer(0, 0.0, seconds)
    builder.stream(0, 0, 0.002, 0.02, seconds, outcome=Outcome.CLOSED, results=1)
    free_s, ticks = 0.0, round(seconds / every_s)
    for frame in range(ticks):
        tick_s = frame * every_s
        taken = free_s < tick_s + every_s
        starts_s = max(free_s, tick_s + 0.01)
        if taken:
            free_s = starts_s + call_s
            more = {"result_s": free_s, "shown_s": free_s + 0.005}
            builder.frame(0, frame, tick_s, join=frame == 0, sound_s=sound_s, **more)
        else:
            builder.frame(0, frame, tick_s, Fate.OVERWRITTEN, sound_s=sound_s)
    return builder


def microphone(**changes: Any) -> dict[str, Any]:
    """Describe a microphone's endpoint, in chunks of half a second."""
    return {"kind": "microphone", "result": "text", "stream_every_s": 0.5, "sound_s": 0.5, **changes}


def rotating(folder: Path, **changes: Any) -> LedgerBuilder:
    """Build a run of six viewers on two slots, 4 s each."""
    return Turns(**changes).write(folder)


def wrong_stream(folder: Path, **wrong: int) -> LedgerBuilder:
    """Build a healthy run, one of whose streams counted something wrong."""
    builder = steady(folder)
    builder.stream(0, 1, 9.9, 9.91, 9.95, outcome=Outcome.CLOSED, results=100, **wrong)
    return builder


def with_note(folder: Path, what: str, at_s: float, /, **more: Any) -> LedgerBuilder:
    """Build a healthy run with one more note."""
    builder = steady(folder)
    builder.note(what, at_s, **more)
    return builder


def with_samples(folder: Path, cores: float = 0.2, growth: int = 0, leak: int = 0, **changes: Any) -> LedgerBuilder:
    """Build a run whose app uses so many cores, and so many bytes of disk, and of memory, more each second."""
    builder = busy(folder, **changes) if changes else steady(folder)
    for second in range(10):
        used = {
            "cpu_s": cores * second,
            "rss_bytes": 200_000_000 + leak * second,
            "threads": 9,
            "disk_bytes": growth * second,
        }
        builder.note("app", second + 0.5, **used)
    return builder


def sharing(folder: Path, viewers: int, effective: int = 2, max_threads: int = 40) -> LedgerBuilder:
    """Build a run of an endpoint with a limit of 5 in one group with another, whose limit is `effective`."""
    own = endpoint("own", concurrency_limit=5, effective_limit=effective)
    other = endpoint("other", concurrency_limit=effective, effective_limit=effective)
    for one in (own, other):
        one["settings"]["concurrency_id"] = "pair"
    described = meta(own, other)
    described["app"]["max_threads"] = max_threads
    builder = LedgerBuilder(folder, described)
    builder.span(0.0, 10.0)
    for viewer in range(viewers):
        builder.viewer(viewer, 0.0, 10.0)
        open_s = 0.02 if viewer < effective else NAN
        builder.stream(viewer, 0, 0.002, open_s, 10.0, outcome=Outcome.CLOSED, results=100 * (viewer < effective))
        for frame in range(100):
            if viewer < effective:
                builder.frame(viewer, frame, frame / 10, join=frame == 0)
            elif frame == 0:
                builder.frame(viewer, frame, 0.0, Fate.IN_FLIGHT, join=True)
            else:
                builder.frame(viewer, frame, frame / 10, Fate.SKIPPED)
    return builder


def queueing(folder: Path, time_limit_s: float | None = None, limit: int = 2, viewers: int = 3) -> LedgerBuilder:
    """Build a run in which the first viewers keep their streams to the end, and the others wait all the while."""
    settings = {"time_limit_s": time_limit_s, "concurrency_limit": limit, "effective_limit": limit}
    builder = LedgerBuilder(folder, meta(endpoint(**settings)))
    builder.span(0.0, 10.0)
    for viewer in range(viewers):
        live = viewer < limit
        builder.viewer(viewer, 0.0, 10.0)
        builder.stream(viewer, 0, 0.002, 0.02 if live else NAN, 10.0, outcome=Outcome.CLOSED, results=100 * live)
        builder.frame(viewer, 0, 0.0, *(() if live else (Fate.IN_FLIGHT,)), join=True)
        for frame in range(1, 100):
            builder.frame(viewer, frame, frame / 10, Fate.DELIVERED if live else Fate.SKIPPED)
    return builder


def unequal(folder: Path) -> LedgerBuilder:
    """Build a run in which one viewer of three has nearly every turn on the only two slots."""
    builder = LedgerBuilder(folder, meta(endpoint(time_limit_s=2.0, concurrency_limit=2, effective_limit=2)))
    builder.span(0.0, 40.0)
    for viewer, turns in enumerate(([2 * n for n in range(20)], [2 * n for n in range(19)], [38])):
        builder.viewer(viewer, 0.0, 40.0)
        for stream, open_s in enumerate(turns):
            joined_s = 0.0 if not stream else open_s - 0.05
            builder.stream(viewer, stream, joined_s, open_s + 0.01, open_s + 1.9, results=19)
            builder.frame(viewer, stream, open_s + 0.1, stream=stream)
    return builder


def of_one_viewer(folder: Path, row: Callable[[int], dict[str, Any]] = lambda _: {}, **described: Any) -> LedgerBuilder:
    """Build a run of one viewer and a hundred frames; `row` gives the fate of each, and what else is not as usual."""
    builder = LedgerBuilder(folder, meta(endpoint(**described)))
    builder.span(0.0, 10.0)
    builder.viewer(0, 0.0, 10.0)
    builder.stream(0, 0, 0.002, 0.02, 10.0, outcome=Outcome.CLOSED, results=100)
    for frame in range(100):
        changes = row(frame)
        fate = changes.pop("fate", Fate.DELIVERED)
        builder.frame(0, frame, frame / 10, fate, join=frame == 0, **changes)
    return builder


def slow_fetch(folder: Path, fetch_s: float = 0.06) -> LedgerBuilder:
    """Build a run whose pictures take so long to be fetched."""

    def row(frame: int) -> dict[str, Any]:
        result_s = frame / 10 + 0.03
        return {"result_s": result_s, "shown_s": result_s + fetch_s}

    return of_one_viewer(folder, row)


def late_generator(folder: Path) -> LedgerBuilder:
    """Build a run of a slow app whose end was never recorded: a generator that cannot be believed."""
    builder = LedgerBuilder(folder)
    builder.note("started", 0.0)
    builder.viewer(0, 0.0)
    builder.stream(0, 0, 0.002, 0.02, NAN, outcome=Outcome.UNFINISHED, results=30)
    for frame in range(100):
        late = frame % 3 == 0
        more = {"result_s": frame / 10 + 0.3, "shown_s": frame / 10 + 0.31} if late else {}
        builder.frame(0, frame, frame / 10, Fate.DELIVERED if late else Fate.OVERWRITTEN, join=frame == 0, **more)
    return builder


def vanishing(folder: Path, released_s: float) -> LedgerBuilder:
    """Build a run in which a viewer vanishes silently at 3 s, and hears its connection end at `released_s`."""
    builder = steady(folder)
    builder.note("vanished", 3.0, endpoint="simple", viewer=0, doing="open", heartbeat=False, silently=True)
    builder.note("released", released_s, endpoint="simple", viewer=0)
    return builder


def error(folder: Path, name: str | None = "simple") -> LedgerBuilder:
    """Build a run in which something failed."""
    return with_note(folder, "error", 5.0, where="stream", what="ValueError: no face", endpoint=name)


def mute(folder: Path) -> LedgerBuilder:
    """Build a run in which nothing ever comes back."""
    builder = LedgerBuilder(folder)
    builder.span(0.0, 5.0)
    builder.viewer(0, 0.0, 5.0)
    builder.stream(0, 0, 0.002, 0.02, 5.0, outcome=Outcome.CLOSED)
    for frame in range(50):
        builder.frame(0, frame, frame / 10, Fate.IN_FLIGHT if frame == 49 else Fate.OVERWRITTEN, join=frame == 0)
    return builder


def blank(folder: Path, every: int = 1) -> LedgerBuilder:
    """Build a run in which every result comes, and that of every frame (or every other one) is without a picture."""
    return of_one_viewer(folder, lambda frame: {"shown": frame % every != 0})


def forgetful(folder: Path, every: int = 3) -> LedgerBuilder:
    """Build a run whose app returns nothing that can be read for every third frame, or so."""
    return of_one_viewer(folder, lambda frame: {"fate": Fate.UNATTRIBUTED} if frame % every == every - 1 else {})


def talking(folder: Path, limit: int) -> LedgerBuilder:
    """Build a run of two speakers, of whom one waits all the while where there is one slot."""
    changes = microphone(concurrency_limit=limit, effective_limit=limit)
    builder = LedgerBuilder(folder, meta(endpoint(**changes)))
    builder.span(0.0, 10.0)
    for viewer in range(2):
        live = viewer < limit
        builder.viewer(viewer, 0.0, 10.0)
        builder.stream(viewer, 0, 0.002, 0.02 if live else NAN, 10.0, outcome=Outcome.CLOSED, results=20 * live)
        builder.frame(viewer, 0, 0.0, Fate.DELIVERED if live else Fate.IN_FLIGHT, join=True, sound_s=0.5)
        for frame in range(1, 20):
            builder.frame(viewer, frame, frame / 2, Fate.DELIVERED if live else Fate.SKIPPED, sound_s=0.5)
    return builder


def beside_others(folder: Path, *, cores: float) -> LedgerBuilder:
    """A sound run on two cores, while other programs use so many of them."""
    builder = steady(folder)
    for second in range(11):
        machine_s = second * (0.1 + 0.2 + cores)
        builder.note("generator", float(second), cpu_s=0.1 * second, rss_bytes=1, loop_lag_s=0.0, machine_s=machine_s)
        builder.note("app", float(second), cpu_s=0.2 * second, rss_bytes=1, threads=1, disk_bytes=None)
    return builder


def scattered(folder: Path, elsewhere: str | None = "elsewhere") -> LedgerBuilder:
    """A sound run, one of whose viewers is another process's, on another machine."""
    other = LedgerBuilder(folder, process="w1", machine=elsewhere)
    other.viewer(2, 0.0, 10.0)
    other.stream(2, 0, 0.002, 0.02, 10.0, outcome=Outcome.CLOSED, results=100)
    for frame in range(100):
        other.frame(2, frame, frame / 10, join=frame == 0)
    other.writer.close()
    return steady(folder)


PROVOKED: dict[str, Build] = {
    "cross_talk": lambda folder: wrong_stream(folder, cross_talk=3),
    "state_errors": lambda folder: wrong_stream(folder, state_errors=2),
    "lost_updates": lambda folder: wrong_stream(folder, lost_updates=2),
    "out_of_order": lambda folder: wrong_stream(folder, out_of_order=40),
    "failed": error,
    "run_errors": lambda folder: error(folder, None),
    "nothing_came": mute,
    "nothing_shown": blank,
    "starved": queueing,
    "default_limit": lambda folder: queueing(folder, 30.0, limit=1),
    "lower_limit": lambda folder: sharing(folder, viewers=4),
    "long_waits": rotating,
    "overwritten": busy,
    "lost_sound": lambda folder: busy(folder, 1.2, **microphone()),
    "undelivered": forgetful,
    "sound_lost_waiting": lambda folder: talking(folder, limit=1),
    "unfair": unequal,
    "held_slots": lambda folder: vanishing(folder, 9.0),
    "busy_app": lambda folder: with_samples(folder, cores=0.99, call_s=0.35),
    "slow_part": lambda folder: busy(folder, 0.3, stream_every_s=0.5),
    "pictures_as_files": slow_fetch,
    "growing_memory": lambda folder: with_samples(folder, leak=6_000_000),
    "growing_disk": lambda folder: with_samples(folder, growth=2_000_000),
    "busy_machine": lambda folder: beside_others(folder, cores=1.0),
    "several_machines": scattered,
    "generator_unhealthy": late_generator,
    "healthy": steady,
}
"""A run for each finding; none of them but the last is healthy."""

SILENT: dict[str, Build] = {
    "overwritten": lambda folder: busy(folder, 0.08),
    "lost_sound": lambda folder: busy(folder, 0.2, **microphone()),
    "undelivered": lambda folder: forgetful(folder, every=25),
    "nothing_shown": lambda folder: blank(folder, every=2),
    "sound_lost_waiting": lambda folder: talking(folder, limit=2),
    "default_limit": lambda folder: queueing(folder, 30.0, limit=1, viewers=1),
    "lower_limit": lambda folder: sharing(folder, viewers=2, effective=5),
    "long_waits": lambda folder: rotating(folder, viewers=3),
    "starved": lambda folder: queueing(folder, limit=3),
    "unfair": rotating,
    "held_slots": lambda folder: vanishing(folder, 3.2),
    "busy_app": lambda folder: with_samples(folder, cores=0.5, call_s=0.35),
    "slow_part": lambda folder: busy(folder, 0.1, stream_every_s=0.5),
    "pictures_as_files": lambda folder: slow_fetch(folder, 0.004),
    "growing_memory": lambda folder: with_samples(folder, leak=1_000_000),
    "growing_disk": lambda folder: with_samples(folder, growth=1000),
    "busy_machine": lambda folder: beside_others(folder, cores=0.3),
    "several_machines": lambda folder: scattered(folder, None),
    "healthy": busy,
}
"""A run much like the one that provokes it, in which it has nothing to say."""


def test_every_finding_is_provoked_here() -> None:
    """No check is without a run that makes it speak."""
    assert len(PROVOKED) == len(OF_AN_ENDPOINT) + len(OF_A_RUN) + 2


@pytest.mark.parametrize("name", PROVOKED)
def test_it_is_found_with_evidence_and_a_remedy(name: str, tmp_path: Path) -> None:
    """A run that has it coming makes the finding speak: a whole sentence, numbers, and code."""
    (one,) = [each for key, each in found(PROVOKED[name](tmp_path)).items() if key == name]
    assert not one.text[0].islower()
    assert one.evidence
    assert one.remedy


def test_a_healthy_run_is_told_nothing_else(tmp_path: Path) -> None:
    """Where all is well, that is all there is to say."""
    assert set(found(steady(tmp_path))) == {"healthy"}


@pytest.mark.parametrize("name", SILENT)
def test_it_stays_silent_just_beside_it(name: str, tmp_path: Path) -> None:
    """A run that differs from the provoking one only in what matters does not make it speak."""
    assert name not in found(SILENT[name](tmp_path))


def test_a_slow_app_is_told_both_times_and_what_would_fit(tmp_path: Path) -> None:
    """A handler of 300 ms behind a camera of 10 fps: both times, and a stream_every with a tenth to spare."""
    one = found(busy(tmp_path, 0.3))["overwritten"]
    assert one.evidence["app_s"] == pytest.approx(0.3, abs=0.01)
    assert one.evidence["stream_every_s"] == 0.1
    assert one.remedy == "camera.stream(..., stream_every=0.35)"
    assert "300 ms" in one.text
    assert "100 ms" in one.text


def test_the_fitting_pace_is_no_faster_than_the_app() -> None:
    """What is advised leaves a tenth to spare, and is a number a person would write."""
    for call_s, fits_s in ((0.03, 0.04), (0.1, 0.15), (0.3, 0.35), (0.9, 0.99), (1.2, 1.5)):
        assert fitting_every_s(call_s) == pytest.approx(fits_s, abs=0.011)
        assert fitting_every_s(call_s) >= call_s * 1.1 - 1e-9


def test_those_who_share_slots_are_advised_together(tmp_path: Path) -> None:
    """Two endpoints of one group: each uses half of the slots, both all of them, and the advice is for both."""
    ledger = rotating(tmp_path).ledger()
    (own,) = ledger.meta["endpoints"]
    own["settings"]["concurrency_id"] = "pair"
    ledger.meta["endpoints"].append({**own, "api_name": "other"})
    for table in (ledger.frames, ledger.streams, ledger.viewers):
        table["endpoint"] = table["viewer"] % 2
    summary = summarise(ledger)
    used = [one.concurrency for one in summary.endpoints]
    assert used[0].group_use == used[1].group_use == pytest.approx(1.0, abs=0.05)
    assert [one.slot_use for one in used] == [pytest.approx(0.5, abs=0.05)] * 2

    mine, _ = [one for one in find(summary, ledger) if one.id == "long_waits"]
    assert "6 viewers of simple and other share 2 slots" in mine.text
    assert mine.evidence["fitting_concurrency_limit"] == 3
    assert mine.remedy.startswith("camera.stream(..., concurrency_limit=3)  # and the same at other")


def test_the_advice_is_never_what_is_in_place(tmp_path: Path) -> None:
    """Waits a little longer than the law allows for: more slots are advised, not as many as there are."""
    ledger = Turns(viewers=4, time_limit_s=2.9, granted_s=3.0).write(tmp_path).ledger()
    ledger.streams["joined_s"] -= 0.3  # the app was slow to hand its slots over
    (one,) = [one for one in find(summarise(ledger), ledger) if one.id == "long_waits"]
    assert one.evidence["fitting_concurrency_limit"] > one.evidence["slots"] == 2


def test_long_waits_are_answered_by_the_rotation_law(tmp_path: Path) -> None:
    """Six viewers on two slots with turns of 4.19 s: three bring the wait down to less than one turn."""
    one = found(rotating(tmp_path))["long_waits"]
    assert one.remedy == "camera.stream(..., concurrency_limit=3)"
    assert one.evidence["wait_s"] > one.evidence["time_limit_s"]


def test_who_waits_when_the_run_ends_has_lost_nothing(tmp_path: Path) -> None:
    """Ten of 12 viewers are in the queue at the end, each with the frame of its join: none of these was lost."""
    turns = Turns(viewers=12, granted_s=2.08, time_limit_s=2.0, stream_every_s=0.25, seconds=20.0)
    ledger = turns.write(tmp_path).ledger()
    summary = summarise(ledger)
    frames = summary.endpoints[0].frames
    assert frames.in_flight == 10 > 0.05 * (frames.captured - frames.skipped)
    told = {one.id for one in find(summary, ledger)}
    assert "long_waits" in told
    assert "undelivered" not in told


def test_max_threads_is_named_where_it_is_the_limit(tmp_path: Path) -> None:
    """A limit lower than its own that nobody shares is the app's max_threads."""
    one = found(of_one_viewer(tmp_path, concurrency_limit=30, effective_limit=3))["lower_limit"]
    assert one.severity == "note"
    assert one.remedy == "demo.launch(max_threads=30)"


def test_nothing_is_certain_where_the_generator_was_not_sound(tmp_path: Path) -> None:
    """Its own finding comes first, and every other says that it is not certain."""
    ledger = late_generator(tmp_path).ledger()
    first, *others = find(summarise(ledger), ledger)
    assert first.id == "generator_unhealthy"
    assert others
    assert all(one.text.startswith("Not certain: ") and one.evidence["certain"] is False for one in others)


def test_an_output_that_streams_makes_files_worth_a_word(tmp_path: Path) -> None:
    """Pictures as files are told of however quickly they come, where the output has streaming=True."""
    findings = found(of_one_viewer(tmp_path, result_streams=True))
    assert "although the output has streaming=True" in findings["pictures_as_files"].text
    assert "healthy" in findings


def test_what_is_said_first_agrees_with_the_table(tmp_path: Path) -> None:
    """An app that returns None now and then is not called healthy, and the share told is that of delivered frames."""
    ledger = forgetful(tmp_path).ledger()
    told = with_findings(summarise(ledger), ledger)
    (one,) = told.findings
    assert "67.0 % of 100 frames" in one.text
    assert "33 got a result that could not be read" in one.text
    assert opening(told).verdict == "Works, with 1 thing to change"
    assert "6.7 of the 10.0 frames" in opening(told).seen


def test_the_worst_comes_first(tmp_path: Path) -> None:
    """Severe findings come before warnings, and warnings before notes."""
    builder = busy(tmp_path)
    builder.note("error", 5.0, where="stream", what="ValueError", endpoint="simple")
    ledger = builder.ledger()
    severities = [one.severity for one in find(summarise(ledger), ledger)]
    assert severities[0] == "severe"
    assert severities == sorted(severities, key=["severe", "warning", "note"].index)


def test_findings_of_several_endpoints_say_whose_they_are(tmp_path: Path) -> None:
    """With one endpoint its name would be noise; with two it is needed."""
    builder = LedgerBuilder(tmp_path, meta(endpoint("one"), endpoint("two")))
    builder.span(0.0, 5.0)
    for number in range(2):
        builder.viewer(number, 0.0, 5.0, endpoint=number)
        builder.stream(
            number, 0, 0.002, 0.02, 5.0, outcome=Outcome.CLOSED, results=50, cross_talk=number, endpoint=number
        )
        for frame in range(50):
            builder.frame(number, frame, frame / 10, join=frame == 0, endpoint=number)
    one = found(builder)["cross_talk"]
    assert one.text.startswith("two: ")
    assert one.evidence["endpoint"] == "two"


def test_text_that_travels_with_each_chunk_is_no_severe_fault(tmp_path: Path) -> None:
    """A browser sends an older text too where the app is slow: the finding says so, and blames no state of the app."""
    one = found(PROVOKED["lost_updates"](tmp_path))["lost_updates"]
    assert (one.severity, one.evidence) == ("warning", {"endpoint": "simple", "lost_updates": 2})
    assert "state_errors" not in found(PROVOKED["lost_updates"](tmp_path / "again"))
