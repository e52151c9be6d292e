"""What settling costs each frame."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.ledger import Fate
from bench.load.books import StreamBooks
from bench.wire.stream import Stream

FRAMES = 1000


def settle(*, exact: bool, late_s: float) -> list[Fate | None]:
    """A stream of ten frames a second, answered in 5 ms, whose results come `late_s` after their ticks."""
    fates: list[Fate | None] = []
    books = StreamBooks(
        0,
        0,
        Stream(0),
        exact=exact,
        frame_row=lambda _row: None,
        stream_row=lambda _row: None,
        settled=lambda sent: fates.append(sent.fate),
    )
    ticks = [(frame / 10, 0, frame) for frame in range(FRAMES)]
    results = [(frame / 10 + (late_s if frame else 0.03), 1, frame) for frame in range(FRAMES)]
    for at_s, is_result, frame in sorted(ticks + results):
        if is_result:
            books.read(books.arrived(at_s, 100), frame if exact else None)
        else:
            sent = books.send(frame, at_s, join=frame == 0)
            sent.sending_s = at_s
            books.answered(sent, 200, at_s + 0.001, at_s + 0.005)
    books.force_closed()
    return fates


@pytest.mark.benchmark(group="books")
@pytest.mark.parametrize(
    ("exact", "late_s"), [(True, 0.03), (False, 0.03), (False, 0.65)], ids=["exact", "bounded", "bounded, late"]
)
def test_settling_a_thousand_frames(benchmark: BenchmarkFixture, exact: bool, late_s: float) -> None:
    """A few microseconds a frame read exactly, some ten where results must be bounded, also while many are held."""
    fates = benchmark(settle, exact=exact, late_s=late_s)
    assert len(fates) == FRAMES
    assert None not in fates
