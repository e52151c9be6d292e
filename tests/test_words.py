"""How figures and instants read."""

from bench.words import moment


def test_an_instant_reads_as_people_write_it() -> None:
    """A date is told in words; what is no date is left as it stands."""
    assert moment("2026-03-01T12:00:05+00:00") == "1 Mar 2026, 12:00:05 UTC"
    assert moment("") == ""
    assert moment("some day") == "some day"
