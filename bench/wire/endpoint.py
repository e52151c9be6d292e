"""The streaming endpoints of an app, read out of its /config."""

from collections import Counter
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal

from bench.wire.components import (
    PEER_CONNECTIONS,
    SOURCES,
    STREAMERS,
    Kind,
    ResultKind,
    initial_value,
    result_kind,
)
from bench.wire.values import Domain, read_domain

Role = Literal["camera", "microphone", "state", "other"]
Attribution = Literal["exact", "bounded"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an endpoint, in the order of the `data` a viewer sends.

    `value` is what a browser sends before anyone has touched the component. `output_index` is set where the component
    is also an output: its value then goes back with the last result that arrived. `takes` says what it may be set to;
    `parameter` is the name of the handler's parameter where one was looked up.
    """

    component_id: int
    label: str
    type: str
    role: Role
    value: Any
    output_index: int | None
    takes: Domain = field(default_factory=Domain)
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One output of an endpoint, in the order of the `data` of a result; `streams` where it has `streaming=True`."""

    component_id: int
    type: str
    label: str
    kind: ResultKind
    streams: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One streaming event that a viewer can drive.

    `target_id` is the component that streams and `media_index` its place in `inputs`. `result` says what the result
    that matters is; `marked_output` is the index of the output that carries the picture, where one does: attribution
    is then exact, otherwise bounded. `time_limit_s` None means that Gradio sets no limit. `result_streams` says whether
    that output has `streaming=True`, None where no output is marked. `also_marked` are the others that can carry marks:
    they are read in turn until a mark is found, for which of them does only a run can tell.
    """

    fn_index: int
    api_name: str
    kind: Kind
    target_id: int
    media_index: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    stream_every_s: float
    time_limit_s: float | None
    result: ResultKind
    marked_output: int | None
    attribution: Attribution
    result_streams: bool | None = None
    also_marked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A streaming event that a viewer cannot drive, and why, in words."""

    api_name: str
    reason: str


def read_endpoints(config: dict[str, Any]) -> tuple[tuple[Endpoint, ...], tuple[LeftOut, ...]]:
    """Sort the streaming events of an app's /config into those that can be driven and those that cannot."""
    components = {component["id"]: component for component in config["components"]}
    names = endpoint_names(config["dependencies"])
    endpoints: list[Endpoint] = []
    left_out = [
        LeftOut(f"{component['type']} {component['id']}", "its media goes over WebRTC, not through Gradio's queue")
        for component in components.values()
        if component["type"] in PEER_CONNECTIONS
    ]
    for position, dependency in enumerate(config["dependencies"]):
        fn_index = dependency.get("id", position)
        targets = stream_targets(dependency)
        for target_id in targets:
            name = names[fn_index] if target_id == targets[0] else f"{names[fn_index]}:{target_id}"
            reason = _obstacle(dependency, components.get(target_id), target_id)
            if reason is None:
                endpoints.append(_endpoint(dependency, fn_index, name, target_id, components))
            else:
                left_out.append(LeftOut(name, reason))
    return tuple(endpoints), tuple(left_out)


def stream_targets(dependency: dict[str, Any]) -> list[int]:
    """List the components whose `stream` event starts this dependency; empty for any other dependency."""
    if dependency.get("connection") != "stream":
        return []
    return [target[0] for target in dependency["targets"] if target[1] == "stream" and target[0] is not None]


def endpoint_names(dependencies: list[dict[str, Any]]) -> dict[int, str]:
    """Give each dependency one name by its fn_index; `fn_7` where it has none of its own or shares it with another."""
    own = {dependency.get("id", position): _own_name(dependency) for position, dependency in enumerate(dependencies)}
    uses = Counter(own.values())
    return {fn_index: name if name and uses[name] == 1 else f"fn_{fn_index}" for fn_index, name in own.items()}


def _own_name(dependency: dict[str, Any]) -> str | None:
    """Return the name its author gave it; Gradio 6 makes a private endpoint named "false" of `api_name=False`."""
    name = dependency.get("api_name")
    if not isinstance(name, str) or not name.strip("/ "):
        return None
    if dependency.get("api_visibility") == "private" and name.split("_")[0] == "false":
        return None
    return name.lstrip("/")


def _obstacle(dependency: dict[str, Any], target: dict[str, Any] | None, target_id: int) -> str | None:
    """Why a viewer cannot drive this event; None when it can."""
    if target is None:
        return "the component that streams is not on any page"
    if not dependency.get("backend_fn", True):
        return "it runs in the browser only: no Python function is behind it"
    if dependency.get("js"):
        return "its JavaScript rewrites what the browser sends, and only a browser can run it"
    if dependency.get("types", {}).get("generator"):
        return "its handler is a generator: results cannot be told apart by frame"
    if dependency.get("queue") is False:
        return "it bypasses the queue (queue=False), and only the queue has streams"
    return _target_obstacle(dependency, target, target_id)


def _target_obstacle(dependency: dict[str, Any], target: dict[str, Any], target_id: int) -> str | None:
    kind = STREAMERS.get(target["type"])
    props = target["props"]
    if kind is None:
        return f"its source is of the type {target['type']}: neither gr.Image nor gr.Audio"
    if props.get("interactive") is False:
        return f"its {target['type']} only plays what the app sends (interactive=False): it records nothing"
    if props.get("streaming") is False or SOURCES[kind] not in props.get("sources", [SOURCES[kind]]):
        return f"its {target['type']} has no streaming {SOURCES[kind]}"
    if target_id not in dependency["inputs"]:
        return f"the {kind} that starts it is not among its inputs"
    return None


def _endpoint(
    dependency: dict[str, Any], fn_index: int, name: str, target_id: int, components: dict[int, dict[str, Any]]
) -> Endpoint:
    kind = STREAMERS[components[target_id]["type"]]
    media_index = dependency["inputs"].index(target_id)
    outputs = tuple(_output(components[component_id]) for component_id in dependency["outputs"])
    marked, *also_marked = _marked(kind, outputs) or (None,)
    return Endpoint(
        fn_index=fn_index,
        api_name=name,
        kind=kind,
        target_id=target_id,
        media_index=media_index,
        inputs=tuple(
            _input(components[component_id], kind if index == media_index else None, dependency["outputs"])
            for index, component_id in enumerate(dependency["inputs"])
        ),
        outputs=outputs,
        stream_every_s=_length_s(dependency.get("stream_every", 0.5)),
        time_limit_s=None if (limit := dependency.get("time_limit")) is None else _length_s(limit),
        result=_result(outputs, marked),
        marked_output=marked,
        attribution="bounded" if marked is None else "exact",
        result_streams=None if marked is None else outputs[marked].streams,
        also_marked=tuple(also_marked),
    )


def _length_s(value: Any) -> float:
    """Read a length of time; raises ValueError for one that a camera would tick at without a pause, or never."""
    length_s = float(value)
    if not 0 < length_s < inf:
        raise ValueError(f"{value!r} is no length of time")
    return length_s


def _marked(kind: Kind, outputs: tuple[Output, ...]) -> tuple[int, ...]:
    """List the outputs that can carry marks back, the likeliest first: pictures, or texts and then sounds."""
    kinds = ("image",) if kind == "camera" else ("text", "audio")
    return tuple(index for wanted in kinds for index, output in enumerate(outputs) if output.kind == wanted)


def _input(component: dict[str, Any], media: Kind | None, outputs: list[int]) -> Input:
    identity = component["id"]
    return Input(
        component_id=identity,
        label=_label(component),
        type=component["type"],
        role=media or ("state" if component["type"] == "state" else "other"),
        value=None if media else initial_value(component),
        output_index=outputs.index(identity) if identity in outputs else None,
        takes=read_domain(component),
    )


def _output(component: dict[str, Any]) -> Output:
    streams = component["props"].get("streaming") is True
    return Output(component["id"], component["type"], _label(component), result_kind(component["type"]), streams)


def _label(component: dict[str, Any]) -> str:
    label = component["props"].get("label")
    return label if isinstance(label, str) and label else f"{component['type']} {component['id']}"


def _result(outputs: tuple[Output, ...], marked: int | None) -> ResultKind:
    """Choose the marked picture, else the first output a viewer would look at, else the first of any kind."""
    if marked is not None:
        return outputs[marked].kind
    kinds = [output.kind for output in outputs if output.type != "state"]
    return next((kind for kind in kinds if kind != "other"), kinds[0] if kinds else "none")
