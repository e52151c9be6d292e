"""The lines below the tables say what was measured, and nothing that was not."""

from pathlib import Path

from bench.ledger import Fate
from bench.metrics import summarise
from bench.report.particulars import particulars
from bench.report.words import duration
from tests.ledgers import LedgerBuilder, Turns, steady


def _integrity(folder: Path, *fates: Fate, **stream: int) -> str | None:
    """The line about integrity of a camera whose frames met these fates."""
    builder = LedgerBuilder(folder)
    builder.span(0.0, len(fates) / 10)
    builder.viewer(0, 0.0, len(fates) / 10)
    results = sum(fate in (Fate.DELIVERED, Fate.UNATTRIBUTED) for fate in fates)
    builder.stream(0, 0, 0.002, 0.02, len(fates) / 10, results=results + stream.get("cross_talk", 0), **stream)
    for frame, fate in enumerate(fates):
        builder.frame(0, frame, frame / 10, fate, join=frame == 0)
    (endpoint,) = summarise(builder.ledger()).endpoints
    return dict(particulars(endpoint)).get("Integrity")


def test_every_result_is_called_its_viewers_own_only_if_every_one_was_read(tmp_path: Path) -> None:
    """What could not be read is nobody's, and no result at all is worth no word."""
    read, unread, lost = [Fate.DELIVERED] * 8, [Fate.UNATTRIBUTED] * 2, [Fate.OVERWRITTEN] * 9
    assert _integrity(tmp_path / "all", *read) == "every one of 8 results was its viewer's own, in order and once"
    assert _integrity(tmp_path / "some", *read, *unread) == (
        "8 of 10 results could be read; each was its viewer's own, in order"
    )
    assert _integrity(tmp_path / "one", Fate.DELIVERED, *unread) == (
        "1 of 3 results could be read; it was its viewer's own, in order"
    )
    assert _integrity(tmp_path / "unread", *unread) == "none of 2 results could be read: whose they are cannot be told"
    assert _integrity(tmp_path / "none", *lost) is None


def test_what_was_wrong_is_told_beside_what_could_not_be_read(tmp_path: Path) -> None:
    """Cross-talk of some results does not make the others readable."""
    words = _integrity(tmp_path, *[Fate.DELIVERED] * 8, Fate.UNATTRIBUTED, cross_talk=1)
    assert words == "of 10 results, 1 showed another viewer's frame, and 1 could not be read"


def test_how_long_the_vanished_held_their_slots_is_told(tmp_path: Path) -> None:
    """By the way they vanished; and no line where nobody did."""
    builder = steady(tmp_path / "gone")
    builder.note("vanished", 3.0, endpoint="simple", viewer=0, doing="open", heartbeat=False, silently=True)
    builder.note("released", 9.0, endpoint="simple", viewer=0)
    builder.note("vanished", 4.0, endpoint="simple", viewer=1, doing="open", heartbeat=True, silently=True)
    (endpoint,) = summarise(builder.ledger()).endpoints
    assert dict(particulars(endpoint))["Vanished"] == (
        "1 viewer fell silent with a heartbeat: slot held still at the end, after 6.00 s (mean of 1) · "
        "1 viewer fell silent without a heartbeat: slot held 6.00 s (mean of 1)"
    )
    (healthy,) = summarise(steady(tmp_path / "healthy").ledger()).endpoints
    assert healthy.vanished is None
    assert "Vanished" not in dict(particulars(healthy))


def test_what_the_law_predicts_stands_beside_what_it_is_a_law_of(tmp_path: Path) -> None:
    """The rotation law is one of the mean: the mean measured is next to it, and both are called so."""
    (endpoint,) = summarise(Turns(warmup_s=10.0).write(tmp_path).ledger()).endpoints
    assert endpoint.queue_wait_s is not None
    mean = duration(endpoint.queue_wait_s.mean)
    predicted = duration(endpoint.rotation.predicted_wait_s)
    line = dict(particulars(endpoint))["Queue wait"]
    assert f"(median) against time_limit 4 s · mean {mean}, where the rotation law predicts {predicted}" in line


def test_a_run_too_short_for_one_round_is_not_held_against_the_law(tmp_path: Path) -> None:
    """While most still wait for a first turn, the mean wait says nothing about the one that the law predicts."""
    (endpoint,) = summarise(Turns(viewers=40, slots=2, seconds=20.0).write(tmp_path).ledger()).endpoints
    line = dict(particulars(endpoint))["Queue wait"]
    assert "so far: the run was too short for the" in line
    assert "predicts" not in line
