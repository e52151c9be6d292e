"""Garbled marks: counted whole, and a reader that checks too little is found out."""

import pytest

from bench.media.mark import Identity, MarkLayout
from bench.truth.garble import BATCH, garbled_readings


def test_garbled_marks_are_read_as_themselves_or_refused() -> None:
    """In every mirror and polarity none is misread, while many are read and many refused."""
    readings = garbled_readings(1)
    assert readings.total == 4 * BATCH
    assert readings.misread == 0
    assert min(readings.read, readings.refused) > 0.01 * readings.total


def test_a_reader_without_a_checksum_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the CRC not looked at, misreadings would be counted."""

    def unchecked(layout: MarkLayout, code: int) -> Identity:
        return Identity(code >> 32 >> layout.frame_bits, code >> 32 & (1 << layout.frame_bits) - 1)

    monkeypatch.setattr(MarkLayout, "_checked", unchecked)
    assert garbled_readings(1).misread > 0
