"""Durations as people type them."""

import pytest

from bench.units import seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", 30),
        ("30s", 30),
        ("500ms", 0.5),
        ("5ms", 0.005),
        ("2500ms", 2.5),
        ("1m30s", 90),
        ("2h", 7200),
        ("1.5s", 1.5),
    ],
)
def test_durations_read_as_typed(text: str, value: float) -> None:
    """Each unit counts for what it says, milliseconds of several digits too."""
    assert seconds(text) == pytest.approx(value)
