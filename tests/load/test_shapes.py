"""Load shapes: what people type, and how many viewers that is at each instant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import UsageError
from bench.load.shapes import Shape, Stage, parse_shape


def seen(shape: Shape, *instants_s: float) -> list[int | None]:
    """The viewers at these instants."""
    return [shape.viewers_at(instant_s) for instant_s in instants_s]


def test_a_ramp_goes_evenly_from_one_number_to_the_other() -> None:
    """Each number of viewers between the two has the same share of the time, both ends included; then it is over."""
    shape = parse_shape("ramp:0-4/50s")
    assert seen(shape, 0, 9.9, 10, 25, 40, 49.9, 50) == [0, 0, 1, 2, 4, 4, None]
    assert seen(parse_shape("ramp:3-1/30s"), 0, 10, 20, 29.9) == [3, 2, 1, 1]


def test_steps_stay_at_each_number() -> None:
    """Every step is as long as the others."""
    shape = parse_shape("steps:5,10,20/30s")
    assert seen(shape, 0, 29.9, 30, 60, 89.9, 90) == [5, 5, 10, 20, 20, None]
    assert shape.most == 20
    assert shape.length_s == 90


def test_a_spike_comes_back_to_the_usual_number() -> None:
    """As long before and after as it lasts: the recovery is part of it."""
    assert seen(parse_shape("spike:5-40/10s"), 0, 10, 19.9, 20, 29.9, 30) == [5, 40, 40, 5, 5, None]


def test_a_soak_stays() -> None:
    """One number for the whole time."""
    assert seen(parse_shape(" Soak: 20 / 1h "), 0, 3599, 3600) == [20, 20, None]


def test_shapes_joined_follow_each_other() -> None:
    """A ramp into a soak."""
    shape = parse_shape("ramp:0-1/10s+soak:2/1m")
    assert seen(shape, 4, 5, 10, 69, 70) == [0, 1, 2, 2, None]
    assert shape.length_s == 70


@given(st.integers(0, 100), st.integers(0, 100), st.floats(0.1, 1e5), st.floats(0, 1, exclude_max=True))
def test_a_stage_never_leaves_its_two_ends(begin: int, end: int, length_s: float, share: float) -> None:
    """At any instant viewers lie between the two numbers, and they go one way only."""
    stage = Stage(begin, end, length_s)
    viewers = [stage.viewers_at(share * length_s * part) for part in (0, 0.5, 1)]
    assert min(begin, end) <= min(viewers)
    assert max(viewers) <= max(begin, end)
    assert viewers in (sorted(viewers), sorted(viewers, reverse=True))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ramp",
        "ramp:0-40",
        "ramp:40/60s",
        "ramp:0-40-80/60s",
        "ramp:-5-40/60s",
        "hill:0-40/60s",
        "steps:5,,20/30s",
        "steps:5,ten/30s",
        "spike:5/10s",
        "soak:20/soon",
        "soak:20/0s",
        "soak:0/1m",
        "soak:99999999/1m",
        "soak:2/1m+",
    ],
)
def test_anything_else_is_refused_with_a_remedy(text: str) -> None:
    """Every error shows how to write it."""
    with pytest.raises(UsageError) as raised:
        parse_shape(text)
    assert raised.value.remedy
