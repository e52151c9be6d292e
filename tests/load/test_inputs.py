"""`--input NAME=VALUE`: which inputs it means, and what it refuses."""

import pytest

from bench.errors import UsageError
from bench.load.inputs import Setting, read_setting, set_inputs
from bench.wire.endpoint import Endpoint, Input, Role
from bench.wire.values import Domain

SLIDER = Domain("number", least=0, most=10)


def given(
    component_id: int, label: str, role: Role = "other", takes: Domain | None = None, parameter: str | None = None
) -> Input:
    """An input of an app."""
    return Input(component_id, label, "slider", role, 0, None, takes or SLIDER, parameter)


def endpoint(api_name: str, *inputs: Input) -> Endpoint:
    """An endpoint with a camera and these inputs."""
    everything = (given(1, "Camera", "camera"), *inputs)
    return Endpoint(0, api_name, "camera", 1, 0, everything, (), 0.1, None, "image", 0, "exact")


FILTERS = endpoint("filters", given(2, "Strength"), given(3, "Note", takes=Domain("text")), given(9, "State", "state"))
OTHER = endpoint("other", given(4, "Strength"))
TWINS = endpoint(
    "twins",
    given(5, "Strength", parameter="low"),
    given(6, "Strength", parameter="high"),
    given(7, "slider 7", parameter="gain"),
    given(8, "slider 8"),
)


def values(*typed: str, endpoints: tuple[Endpoint, ...] = (FILTERS, OTHER)) -> dict[str, list[object]]:
    """The other inputs' values, by endpoint, once `typed` were applied."""
    done = set_inputs(endpoints, map(read_setting, typed))
    return {one.api_name: [other.value for other in one.inputs if other.role == "other"] for one in done}


def test_a_label_means_that_input_of_every_endpoint() -> None:
    """Without an endpoint, all that have such an input get the value, and nothing else changes."""
    assert values("Strength=3") == {"filters": [3, 0], "other": [3]}


def test_an_endpoint_before_the_label_means_only_that_one() -> None:
    """ENDPOINT:NAME leaves the others alone."""
    assert values("other:Strength=3") == {"filters": [0, 0], "other": [3]}


def test_the_last_word_wins() -> None:
    """Settings apply in order, so a general one can be refined."""
    assert values("Strength=3", "other:Strength=5", "Note=a=b:c") == {"filters": [3, "a=b:c"], "other": [5]}


@pytest.mark.parametrize(
    ("name", "place"), [("low", 0), ("high", 1), ("6", 1), ("twins:high", 1), ("gain", 2), ("8", 3)]
)
def test_twins_are_told_apart_by_parameter_or_id(name: str, place: int) -> None:
    """Where labels are double or missing, the handler's parameter or the component's id names one."""
    wanted: list[object] = [0, 0, 0, 0]
    wanted[place] = 4
    assert values(f"{name}=4", endpoints=(TWINS,)) == {"twins": wanted}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Nonsuch=1", "filters has Strength, Note; other has Strength"),
        ("nonsuch:Strength=1", "no such input"),
        ("Strength=11", "from 0 to 10"),
        ("Camera=1", "--video"),
        ("State=1", "kept by the server"),
    ],
)
def test_what_cannot_be_set_says_what_can(typed: str, says: str) -> None:
    """An unknown name gets the names there are, a wrong value what is taken, a recorded input the right option."""
    with pytest.raises(UsageError, match=says):
        values(typed)


def test_a_double_label_wants_a_better_name() -> None:
    """Two inputs of one label are never guessed between; the names that tell them apart are said."""
    with pytest.raises(UsageError, match="low or high"):
        values("Strength=1", endpoints=(TWINS,))
    with pytest.raises(UsageError, match="twins has low, high, gain, 8"):
        values("Nonsuch=1", endpoints=(TWINS,))


@pytest.mark.parametrize("typed", ["Strength", "=3", ""])
def test_no_setting_at_all_is_refused(typed: str) -> None:
    """What is not NAME=VALUE is wrong usage."""
    with pytest.raises(UsageError, match="NAME=VALUE"):
        read_setting(typed)


def test_an_empty_value_is_an_empty_text() -> None:
    """NAME= sets the empty text."""
    assert read_setting("Note=") == Setting("Note", "")
