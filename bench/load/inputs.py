"""Setting inputs of the app under test from `NAME=VALUE` as typed."""

import dataclasses
from collections.abc import Iterable

from bench.errors import UsageError
from bench.wire.endpoint import Endpoint, Input


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One `--input`: `name` is what stands before the first `=`, and may begin with an endpoint and a colon."""

    name: str
    text: str


def read_setting(typed: str) -> Setting:
    """Take `NAME=VALUE` apart; raises UsageError where it is none."""
    name, equals, text = typed.partition("=")
    if not equals or not name.strip():
        raise UsageError(
            f"--input {typed!r} sets nothing.", "Write it as NAME=VALUE or ENDPOINT:NAME=VALUE, NAME being a label."
        )
    return Setting(name.strip(), text)


def set_inputs(endpoints: tuple[Endpoint, ...], settings: Iterable[Setting]) -> tuple[Endpoint, ...]:
    """Give the endpoints' inputs the values asked for; a later setting of the same input wins.

    A name is a label, else the name of a handler's parameter, else a component's id. Without an endpoint before it, it
    means that input of every endpoint that has one. Raises UsageError when no endpoint has it, when it could be two
    inputs of one endpoint, and for a value that it cannot take.
    """
    for setting in settings:
        found = {
            index: chosen for index, one in enumerate(endpoints) if (chosen := _find(one, setting.name)) is not None
        }
        if not found:
            raise UsageError(f"--input {setting.name}: the app has no such input.", _there_are(endpoints))
        endpoints = tuple(
            _with_value(one, found[index], setting) if index in found else one for index, one in enumerate(endpoints)
        )
    return endpoints


def _find(endpoint: Endpoint, name: str) -> int | None:
    """Find the index of the input that `name` means in this endpoint."""
    index = _named(endpoint, name)
    own = endpoint.api_name + ":"
    return _named(endpoint, name.removeprefix(own)) if index is None and name.startswith(own) else index


def _named(endpoint: Endpoint, name: str) -> int | None:
    for names in ([one.label for one in endpoint.inputs], [one.parameter for one in endpoint.inputs]):
        fitting = [index for index, own in enumerate(names) if own == name]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            others = " or ".join(_other_name(endpoint.inputs[index]) for index in fitting)
            raise UsageError(f"--input {name}: {endpoint.api_name} has {len(fitting)} of that name.", f"Say {others}.")
    ids = [str(one.component_id) for one in endpoint.inputs]
    return ids.index(name) if name in ids else None


def _with_value(endpoint: Endpoint, index: int, setting: Setting) -> Endpoint:
    one = endpoint.inputs[index]
    if one.role in {"camera", "microphone"}:
        raise UsageError(
            f"--input {setting.name}: that is what the viewers record.",
            "Use --video or --audio to choose what they do.",
        )
    if one.role == "state":
        raise UsageError(f"--input {setting.name}: a state is kept by the server.", "No viewer can set it.")
    try:
        value = one.takes.read(setting.text)
    except UsageError as error:
        raise UsageError(f"--input {setting.name}: {error.problem}", error.remedy) from None
    inputs = list(endpoint.inputs)
    inputs[index] = dataclasses.replace(one, value=value)
    return dataclasses.replace(endpoint, inputs=tuple(inputs))


def _there_are(endpoints: tuple[Endpoint, ...]) -> str:
    """Name the inputs that can be set, by endpoint."""
    by_endpoint = {one.api_name: [_own_name(one, i) for i in one.inputs if i.role == "other"] for one in endpoints}
    if not any(by_endpoint.values()):
        return "It has none but what the viewers record."
    return "; ".join(f"{name} has {', '.join(inputs)}" for name, inputs in by_endpoint.items() if inputs) + "."


def _own_name(endpoint: Endpoint, one: Input) -> str:
    """Name an input as it can be typed: by its label, or where that is missing or not its own by parameter or id."""
    labels = [other.label for other in endpoint.inputs]
    made_up = one.label == f"{one.type} {one.component_id}"
    return _other_name(one) if made_up or labels.count(one.label) > 1 else one.label


def _other_name(one: Input) -> str:
    return one.parameter or str(one.component_id)
