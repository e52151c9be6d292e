"""A real browser beside a real synthetic viewer: what the two do is alike, told by ratios and counts of one visit."""

import os
from collections.abc import Iterator

import pytest

from bench.errors import UsageError
from bench.fidelity.beside import Pair, Studio
from bench.fidelity.case import Case
from bench.fidelity.comparison import WIRE_S, Row, confirm
from bench.fidelity.fake_devices import make_devices
from bench.load.target import Target, parse_target

CAMERA = Case("simple", 5)
SOUND = Case("audio", 5)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Case, Pair]]:
    """Play a camera and a microphone once, browser and viewer side by side."""
    folder = tmp_path_factory.mktemp("fidelity")
    try:
        with Studio(make_devices(folder)) as studio, Target(parse_target(""), arguments=CAMERA.app) as target:
            yield {case: studio.play(case, target.url, folder / case.page) for case in (CAMERA, SOUND)}
    except UsageError as error:
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


def confirmed(pair: Pair, case: Case) -> dict[str, Row]:
    """What the harness tells beside what passed on the wire."""
    return {row.figure.name: row for row in confirm(case, pair.harness.told, pair.harness.wire)}


@pytest.mark.parametrize("case", [CAMERA, SOUND], ids=["camera", "microphone"])
def test_the_harness_tells_what_passed_on_the_wire(pairs: dict[Case, Pair], case: Case) -> None:
    """POSTs, refusals and results fetched are told one for one, and nothing is sent to a stream that is not open."""
    rows = confirmed(pairs[case], case)
    counted = {name: row for name, row in rows.items() if name != "wire_latency_s"}
    assert {name: row.harness for name, row in counted.items()} == {n: row.reference for n, row in counted.items()}
    assert pairs[case].harness.wire.posts > 4


def test_the_harness_tells_latencies_as_they_were_on_the_wire(pairs: dict[Case, Pair]) -> None:
    """Frame by frame, at the median; a latency is never shorter than what the tap saw of it."""
    over_s = confirmed(pairs[CAMERA], CAMERA)["wire_latency_s"].harness
    assert over_s is not None
    assert -0.001 < over_s < 4 * WIRE_S


@pytest.mark.parametrize("case", [CAMERA, SOUND], ids=["camera", "microphone"])
def test_both_record_at_the_same_pace(pairs: dict[Case, Pair], case: Case) -> None:
    """In the same time both have captured as many frames, give or take one; each is accounted for."""
    browser, harness = (side.told.measures for side in (pairs[case].browser, pairs[case].harness))
    assert browser["captured"] == pytest.approx(harness["captured"], abs=2)
    for measures in (browser, harness):
        fates = ("delivered", "overwritten", "skipped", "rejected", "cut_off")
        assert sum(measures[name] or 0 for name in fates) == pytest.approx(measures["captured"], abs=1)


def test_frames_weigh_the_same(pairs: dict[Case, Pair]) -> None:
    """At the quality that Chromium's canvas uses, a body of the harness is as large as one of the browser's."""
    browser, harness = (side.told.measures["bytes_sent"] for side in (pairs[CAMERA].browser, pairs[CAMERA].harness))
    assert browser == pytest.approx(harness, rel=0.1)


def test_chunks_of_sound_are_alike(pairs: dict[Case, Pair]) -> None:
    """Both cut their sound into chunks of the same length and the same size, all of it heard by the app."""
    browser, harness = (side.told.measures for side in (pairs[SOUND].browser, pairs[SOUND].harness))
    assert browser["chunk_s"] == pytest.approx(harness["chunk_s"], rel=0.01)
    assert browser["bytes_sent"] == pytest.approx(harness["bytes_sent"], rel=0.01)


def test_both_send_the_headers_an_app_can_tell_a_browser_by(pairs: dict[Case, Pair]) -> None:
    """Joins and frames are JSON, and a join says that it comes from the app's own page."""
    for pair in pairs.values():
        for side in (pair.browser, pair.harness):
            assert side.wire.headers["join"]["x-gradio-user"] == "app"
            assert side.wire.headers["stream"]["content-type"] == "application/json"
