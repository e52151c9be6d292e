"""What discovery found, told to people and to programs."""

import dataclasses
import json
from typing import Any

from rich.console import Console

from bench.load.target import EndpointFacts, Facts
from bench.report.discovery import as_json, render
from bench.wire.app import App
from bench.wire.endpoint import read_endpoints
from bench.wire.parameters import with_parameters


def component(identity: int, kind: str, **props: Any) -> dict[str, Any]:
    """Return a component as /config describes it."""
    return {"id": identity, "type": kind, "props": props}


COMPONENTS = [
    component(1, "image", label="Camera", streaming=True, sources=["webcam"]),
    component(2, "dropdown", label="[red]Filter[/red]", value="edges"),
    component(3, "textbox", label="Story", value="once upon a time " * 20),
    component(4, "state"),
    component(5, "image", label="Out"),
    component(6, "label", label="Class"),
]
EVENT = {"targets": [[1, "stream"]], "connection": "stream", "stream_every": 0.1, "time_limit": 30}
DEPENDENCIES = [
    {**EVENT, "id": 0, "inputs": [1, 2, 3, 4], "outputs": [3, 5, 4], "api_name": "filters"},
    {**EVENT, "id": 1, "inputs": [1], "outputs": [6], "api_name": None, "time_limit": None},
    {**EVENT, "id": 2, "inputs": [1], "outputs": [5], "api_name": "forever", "types": {"generator": True}},
]


def app() -> App:
    """Return a discovered app with a bit of everything."""
    endpoints, left_out = read_endpoints({"components": COMPONENTS, "dependencies": DEPENDENCIES})
    return App(
        url="http://127.0.0.1:7860",
        root="http://127.0.0.1:7860",
        api_prefix="/gradio_api",
        headers={"x-hf-authorization": "Bearer hf_secret"},
        cookies={"access-token": "hf_secret"},
        gradio_version="6.31.0",
        gradio_client_version="2.7.2",
        protocol="sse_v3",
        ssr=False,
        profiling=False,
        max_threads=None,
        endpoints=endpoints,
        left_out=left_out,
    )


FACTS = Facts(
    "http://127.0.0.1:1",
    40,
    {
        0: EndpointFacts("filters", None, "shared", 7),
        1: EndpointFacts("label", 7, "shared", 7),
    },
)


def told(facts: Facts | None = None, found: App | None = None, name: str = "") -> str:
    """Render the app as a terminal would show it, runs of blanks made one."""
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        render(found or app(), console, facts, name)
    return "\n".join(" ".join(line.split()) for line in capture.get().splitlines())


def test_it_tells_how_each_endpoint_would_be_driven() -> None:
    """Pace, limit, every input's value and where the mark is read are all there."""
    text = told()
    for line in (
        "It has 2 camera endpoints.",
        "filters camera · a frame every 0.1 s · a stream ends after 30 s",
        "sends Camera the camera: a marked picture each tick",
        '[red]Filter[/red] "edges"',
        "state 4 nothing: the server keeps it",
        "Out a picture, and the mark in it",
        "figures exact each result's mark tells which frame it belongs to",
        "figures bounded results carry no mark",
        "no time limit",
    ):
        assert line in text


def test_it_says_what_cannot_be_driven_and_why() -> None:
    """A left-out event stands under a heading of its own, with its reason."""
    _, _, left_out = told().partition("Cannot be driven")
    assert "forever its handler is a generator" in left_out


def test_a_stand_in_name_is_explained() -> None:
    """An endpoint without an api_name is called by its index, and the text says so."""
    assert "name fn_1 stands for an api_name it has not got" in told()


def test_long_values_are_cut_short_and_go_back_with_results() -> None:
    """A long text keeps to one line; one that is also an output is said to change."""
    (line,) = [line for line in told().splitlines() if line.startswith("Story") and "once" in line]
    assert "…, then what the last result made of it" in line
    assert len(line) < 120


def test_effective_limits_are_told_where_they_are_known() -> None:
    """A deployed app's limits, and who shares them, appear in text and JSON; at a URL they are unknown, and null."""
    text = told(FACTS)
    assert "slots 7 streams open at once: concurrency_limit is none, and max_threads 40; shared with label" in text
    assert "slots 7 streams open at once: concurrency_limit is 7; shared with filters" in text
    assert "slots unknown an app that runs already" in told()
    (first, _), (unknown, _) = as_json(app(), FACTS)["endpoints"], as_json(app())["endpoints"]
    assert (first["effective_limit"], first["limits"]["concurrency_id"]) == (7, "shared")
    assert (unknown["effective_limit"], unknown["limits"]) == (None, None)


def test_an_address_that_is_gone_is_not_named() -> None:
    """An app deployed for the look is called by its file's name: nobody answers at its address any more."""
    assert "127.0.0.1" not in told(FACTS, name="app.py")
    assert told(FACTS, name="app.py").startswith("app.py runs Gradio")
    found = as_json(app(), FACTS, "app.py")
    assert (found["target"], found["url"], found["root"]) == ("app.py", None, None)


def test_the_json_holds_everything_but_secrets() -> None:
    """Programs get each endpoint whole; what proves a login stays out."""
    found = json.loads(json.dumps(as_json(app())))
    assert found["endpoints"][0]["inputs"][1]["value"] == "edges"
    assert found["left_out"] == [{"api_name": "forever", "reason": app().left_out[0].reason}]
    assert "hf_secret" not in json.dumps(found)


def test_inputs_say_what_they_take() -> None:
    """A choice names its choices and a number its range; the parameter is told where labels alone do not do."""
    components = [
        *COMPONENTS,
        component(7, "slider", label="Strength", value=3, minimum=0, maximum=10),
        component(8, "radio", label="Mode", choices=[["Soft", 1], ["Hard", 2]]),
    ]
    dependency = {**EVENT, "id": 0, "inputs": [1, 7, 8], "outputs": [5], "api_name": "a"}
    (endpoint,), _ = read_endpoints({"components": components, "dependencies": [dependency]})
    named = with_parameters(
        endpoint,
        {"named_endpoints": {"/a": {"parameters": [{"parameter_name": n} for n in ("picture", "low", "how")]}}},
    )
    text = told(found=dataclasses.replace(app(), endpoints=(named,)))
    assert "Strength (low) 3 (from 0 to 10)" in text
    assert "Mode (how) nothing (null) (Soft, Hard)" in text
    assert "Camera the camera" in text
