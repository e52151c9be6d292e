"""Values typed as text, read for the components that take them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import UsageError
from bench.wire.values import Domain, read_domain


def domain(kind: str, schema: str = "", **props: Any) -> Domain:
    """What a component of /config takes."""
    return read_domain({"type": kind, "props": props, "api_info": {"type": schema}})


SLIDER = domain("slider", minimum=0, maximum=10)
LEVELS = domain("radio", choices=[["One", 1], ["2", 2], ["Yes", True]])
TAGS = domain("checkboxgroup", choices=[["a", "a"], ["Bee", "b"]])


@pytest.mark.parametrize(
    ("takes", "text", "value"),
    [
        (domain("textbox"), "12", "12"),
        (domain("textbox"), "", ""),
        (domain("code"), "{}", "{}"),
        (domain("checkbox"), "True", True),
        (domain("checkbox"), "false", False),
        (SLIDER, "10", 10),
        (SLIDER, "2.5", 2.5),
        (domain("number"), "-3e2", -300.0),
        (domain("number"), "null", None),
        (LEVELS, "One", 1),
        (LEVELS, "1", 1),
        (LEVELS, "2", 2),
        (LEVELS, "true", True),
        (TAGS, "Bee", ["b"]),
        (TAGS, '["a", "b"]', ["a", "b"]),
        (TAGS, "[]", []),
        (domain("dropdown", choices=[["x", "x"]], multiselect=True), "x", ["x"]),
        (domain("dropdown", choices=[["x", "x"]], allow_custom_value=True), "12", "12"),
        (domain("dropdown", choices=[]), "filled in later", "filled in later"),
        (domain("json"), '{"a": [1, null]}', {"a": [1, None]}),
        (domain("json"), "no json", "no json"),
        (domain("json"), "NaN", "NaN"),
        (domain("a_custom_one", schema="string"), "12", "12"),
        (domain("a_custom_one", schema="integer"), "12", 12),
        (domain("image"), "null", None),
        (domain("image"), '{"url": "data:,"}', {"url": "data:,"}),
    ],
)
def test_text_becomes_what_a_browser_would_send(takes: Domain, text: str, value: object) -> None:
    """A value is read by what its component takes, so that a number in a textbox stays text."""
    assert (takes.read(text), type(takes.read(text))) == (value, type(value))


@pytest.mark.parametrize(
    ("takes", "text", "says"),
    [
        (domain("checkbox"), "maybe", "true or false"),
        (SLIDER, "11", "from 0 to 10"),
        (SLIDER, "true", "from 0 to 10"),
        (domain("number", minimum=1), "0", "at least 1"),
        (domain("number", maximum=1), "2", "at most 1"),
        (domain("number"), "many", "number"),
        (LEVELS, "3", "One, 2, Yes"),
        (TAGS, '["a", "c"]', "any of a, Bee"),
        (domain("image"), "photo.jpg", "FileData"),
    ],
)
def test_a_value_that_cannot_be_names_those_that_can(takes: Domain, text: str, says: str) -> None:
    """What a component would refuse on the server is refused here, with what it takes."""
    with pytest.raises(UsageError, match=says):
        takes.read(text)


def test_a_long_list_of_choices_is_cut() -> None:
    """Of a list of hundreds the first few are named, and how many there are more."""
    many = domain("dropdown", choices=[[str(n), n] for n in range(300)])
    assert many.words().endswith("11, 288 more")


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.floats(0, 100, width=32))
def test_a_number_is_taken_exactly_when_it_is_in_range(value: float, most: float) -> None:
    """Bounds belong to the range, whatever the numbers."""
    takes = domain("slider", minimum=0, maximum=most)
    if 0 <= value <= most:
        assert takes.read(repr(value)) == value
    else:
        with pytest.raises(UsageError):
            takes.read(repr(value))
