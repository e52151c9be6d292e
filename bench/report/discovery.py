"""What discovery found, told to a person or a program: each endpoint, how it would be driven, and what cannot be."""

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from bench.load.target import Facts
    from bench.wire.app import App, Endpoint, Input, LeftOut, Output

_VALUE_CHARACTERS = 40
_RESULTS = {
    "image": "a picture",
    "audio": "a sound",
    "text": "a text",
    "json": "data",
    "other": "shown as it comes",
}


def as_json(app: "App", facts: "Facts | None" = None, name: str = "") -> dict[str, Any]:
    """Return what was found as JSON-ready values; headers and cookies stay out of it, they may hold secrets.

    `facts` is what an app deployed for the look told of its limits, null for any other. Such an app has gone again: it
    is called by `name`, and its address is null.
    """
    found = asdict(app)
    del found["headers"], found["cookies"]
    found["target"] = name or app.url
    if name:
        found["url"] = found["root"] = None
    found["max_threads"] = facts.max_threads if facts else None
    for endpoint in found["endpoints"]:
        known = facts.endpoints.get(endpoint["fn_index"]) if facts else None
        endpoint["effective_limit"] = known.effective_limit if known else None
        endpoint["limits"] = asdict(known) if known else None
    return found


def render(app: "App", console: "Console", facts: "Facts | None" = None, name: str = "") -> None:
    """Print what was found and how each endpoint would be driven; `facts` and `name` as in `as_json`."""
    console.print(_headline(app, name))
    for endpoint in app.endpoints:
        console.print()
        console.print(_title(endpoint))
        console.print(Padding(_details(endpoint, facts), (0, 0, 0, 2)))
    if app.left_out:
        console.print()
        console.print(_left_out(app.left_out))


def _headline(app: "App", name: str) -> Text:
    kinds = Counter(endpoint.kind for endpoint in app.endpoints)
    found = " and ".join(f"{number} {kind} endpoint{'s' * (number > 1)}" for kind, number in kinds.items())
    served = ", its pages rendered by Node" if app.ssr else ""
    called = name.replace("the ", "The ", 1) if name.startswith("the ") else name
    return Text(f"{called or app.url} runs Gradio {app.gradio_version}{served}. It has {found}.")


def _title(endpoint: "Endpoint") -> Text:
    pace = f" · a frame every {endpoint.stream_every_s:g} s"
    limit = "no time limit" if endpoint.time_limit_s is None else f"a stream ends after {endpoint.time_limit_s:g} s"
    return Text.assemble((endpoint.api_name, "bold cyan"), f"  {endpoint.kind}{pace} · {limit}")


def _details(endpoint: "Endpoint", facts: "Facts | None") -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    for number, given in enumerate(endpoint.inputs):
        table.add_row("" if number else "sends", Text(_named(given)), Text(_sent(given)))
    for number, output in enumerate(endpoint.outputs):
        table.add_row("" if number else "gets", Text(output.label), Text(_got(output, number, endpoint)))
    if not endpoint.outputs:
        table.add_row("gets", "nothing", "only that a frame was handled can be seen")
    table.add_row("figures", Text(endpoint.attribution), Text(_attribution(endpoint)))
    table.add_row("slots", *map(Text, _slots(endpoint, facts)))
    if endpoint.api_name.partition(":")[0] == f"fn_{endpoint.fn_index}":
        table.add_row("name", endpoint.api_name, "stands for an api_name it has not got, or shares with another")
    return table


def _slots(endpoint: "Endpoint", facts: "Facts | None") -> tuple[str, str]:
    """Say how many streams can be open at once, and what limits them."""
    known = facts.endpoints.get(endpoint.fn_index) if facts else None
    if facts is None or known is None:
        return "unknown", "an app that runs already does not tell its concurrency_limit: name its file to know"
    own = "none" if known.concurrency_limit is None else str(known.concurrency_limit)
    said = f"streams open at once: concurrency_limit is {own}"
    if known.concurrency_limit is None or known.effective_limit == facts.max_threads < known.concurrency_limit:
        said += f", and max_threads {facts.max_threads}"
    others = [
        one.api_name for one in facts.endpoints.values() if one.concurrency_id == known.concurrency_id and one != known
    ]
    return str(known.effective_limit), said + (f"; shared with {', '.join(others)}" if others else "")


def _sent(given: "Input") -> str:
    if given.role == "camera":
        return "the camera: a marked picture each tick"
    if given.role == "microphone":
        return "the microphone: a marked sound each tick"
    if given.role == "state":
        return "nothing: the server keeps it"
    later = "" if given.output_index is None else ", then what the last result made of it"
    takes = given.takes.words()
    return _short(given.value) + later + (f"  ({takes})" if takes else "")


def _named(given: "Input") -> str:
    """Name an input as `--input` takes it; what its label does not tell apart by its parameter too."""
    return f"{given.label} ({given.parameter})" if given.parameter and given.role == "other" else given.label


def _short(value: Any) -> str:
    if value is None:
        return "nothing (null)"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_CHARACTERS else text[: _VALUE_CHARACTERS - 1] + "…"


def _got(output: "Output", number: int, endpoint: "Endpoint") -> str:
    if output.type == "state":
        return "nothing: the server keeps it"
    mark = ", and the mark in it" if number == endpoint.marked_output else ""
    if number in endpoint.also_marked:
        mark = ", and the mark where none is found before"
    return _RESULTS[output.kind] + mark


def _attribution(endpoint: "Endpoint") -> str:
    if endpoint.attribution == "exact":
        return "each result's mark tells which frame it belongs to"
    return "results carry no mark: latency is given as the least and the most it can have been"


def _left_out(left_out: tuple["LeftOut", ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(Text("Cannot be driven", style="bold yellow"))
    for one in left_out:
        table.add_row(Text(f"  {one.api_name}"), Text(one.reason))
    return table
