"""results.json: the Summary for machines, and its JSON Schema."""

from importlib import resources
from pathlib import Path
from typing import Any

import orjson

from bench.metrics import Summary

_COARSE = 0.001  # above it a microsecond (6 decimals) is exact enough: a wall clock in a double is no finer


def as_json(summary: Summary) -> dict[str, Any]:
    """Turn the Summary into JSON's own types, key for key; numbers are rounded to what a clock can tell."""
    plain: dict[str, Any] = _rounded(orjson.loads(orjson.dumps(summary)))
    return plain


def write_results(summary: Summary, path: Path) -> None:
    """Write results.json whole or not at all: a reader never sees half of it."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(orjson.dumps(as_json(summary), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    draft.replace(path)


def schema() -> dict[str, Any]:
    """Load the JSON Schema (draft 2020-12) that every results.json of "gradio-bench/1" meets."""
    loaded: dict[str, Any] = orjson.loads(resources.files(__package__).joinpath("results.schema.json").read_bytes())
    return loaded


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return round(value, 6 if abs(value) >= _COARSE else 9)
    return value
