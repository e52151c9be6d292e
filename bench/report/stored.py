"""A run read back: its results.json as the Summary it was written from, and its ledger where that is beside it."""

from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from bench.errors import UsageError
from bench.ledger import Ledger
from bench.metrics import Summary
from bench.report import whole_summary


@dataclass(frozen=True, slots=True)
class Stored:
    """A run on disk. `ledger` is None where only results.json is there, which tells less."""

    folder: Path
    summary: Summary
    ledger: Ledger | None


def read_run(path: Path) -> Stored:
    """Read a run by its folder, its ledger folder, or its results.json; the ledger is preferred where there is one.

    Raises UsageError where there is neither, LedgerError for a ledger that cannot be read.
    """
    folder = path.parent if path.is_file() or any(path.glob("*.ledger")) else path
    ledger_dir = folder / "ledger" if (folder / "ledger").is_dir() else path
    if ledger_dir.is_dir() and any(ledger_dir.glob("*.ledger")):
        ledger = Ledger.read(ledger_dir)
        return Stored(folder, whole_summary(ledger), ledger)
    return Stored(folder, read_results(path if path.is_file() else path / "results.json"), None)


def read_results(path: Path) -> Summary:
    """Read results.json; what a newer or an older one holds more is passed over, what it lacks is null.

    Raises UsageError where it cannot be read or is something else.
    """
    remedy = "Name the folder of a run, or the results.json in it."
    try:
        found = orjson.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}.", remedy) from None
    except orjson.JSONDecodeError:
        raise UsageError(f"{path} is not JSON.", remedy) from None
    if not isinstance(found, dict) or found.get("schema") != "gradio-bench/1":
        raise UsageError(f"{path} is no results.json of gradio-bench.", remedy)
    if any(found.get(part.name) is None for part in fields(Summary)):
        raise UsageError(f"{path} is not a whole results.json.", remedy)
    try:
        summary: Summary = _build(Summary, found)
    except (TypeError, AttributeError):
        raise UsageError(f"{path} is not a whole results.json.", remedy) from None
    return summary


def _build(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, UnionType):
        return _build(next(each for each in get_args(hint) if each is not type(None)), value)
    if get_origin(hint) is list:
        return [_build(get_args(hint)[0], each) for each in value]
    if not is_dataclass(hint):
        return value
    hints = get_type_hints(hint)
    given = {each.name: _build(hints[each.name], value.get(each.name)) for each in fields(hint) if _needed(each, value)}
    return hint(**given)  # type: ignore[operator]


def _needed(field: Any, value: dict[str, Any]) -> bool:
    """Whether to give a field a value: what is absent keeps its default, where it has one."""
    return field.name in value or (field.default is MISSING and field.default_factory is MISSING)
