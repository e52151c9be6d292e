"""The blocks of a ledger."""

from pathlib import Path

import pytest

from bench.compare.blocks import read_blocks
from tests.ledgers import LedgerBuilder, endpoint, meta


def write(folder: Path) -> LedgerBuilder:
    """Write warm-up viewer 0, then two blocks of one viewer each, with results 50 ms and 80 ms after their ticks."""
    builder = LedgerBuilder(folder, meta(endpoint()))
    builder.note("started", 0.0)
    for viewer, (begin, way) in enumerate(((0.0, 0.5), (10.0, 0.05), (20.0, 0.08))):
        if viewer:
            builder.note("block", begin - 0.01, viewers=1)
        builder.viewer(viewer, begin, begin + 3.0)
        builder.stream(viewer, 0, begin, begin + 0.01, begin + 3.0, results=30)
        for frame in range(30):
            tick_s = begin + frame / 10
            late = {"result_s": tick_s + way - 0.01, "shown_s": tick_s + way}
            builder.frame(viewer, frame, tick_s, join=frame == 0, **late)
        builder.note("block", begin + 2.99, viewers=0)
    builder.note("error", 23.2, where="handler", what="boom", endpoint="simple")
    builder.note("block", 30.0, viewers=1)
    return builder


def test_each_block_is_summarised_by_itself(tmp_path: Path) -> None:
    """Figures are those of the block's own viewers after its warm-up; the app's warm-up and a torn block are none."""
    one, two = read_blocks(write(tmp_path).ledger(), warmup_s=1.0)
    for block, way in ((one, 0.05), (two, 0.08)):
        told = block.summary.endpoints[0]
        assert told.latency_s is not None
        assert told.latency_s.p50 == pytest.approx(way)
        assert (told.viewers, told.frames.captured, told.frames.delivered) == (1, 20, 20)
        assert block.summary.generator.healthy, block.summary.generator.reasons
        assert block.end_s - block.begin_s == pytest.approx(3.0)
    assert [len(block.summary.errors) for block in (one, two)] == [0, 1]
    assert read_blocks(write(tmp_path / "again").ledger(), 1.0, skip=1)[0].summary == two.summary
