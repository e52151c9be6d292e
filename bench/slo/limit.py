"""A limit as people write it: `< 300 ms`, `>= 95 %`, `== 0`."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from bench.errors import UsageError
from bench.slo.figures import Figure, Unit
from bench.units import seconds
from bench.words import setting

_SIGNS = {"≤": "<=", "≥": ">=", "=": "=="}
_LIMIT = re.compile(r"(<=|>=|==|<|>|≤|≥|=)?\s*(.+)")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*(.*)")
_BYTES = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_READ = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
_UNITS: dict[Unit, tuple[str, ...]] = {
    "seconds": ("ms", "s", "m", "h"),
    "share": ("%",),
    "bytes": tuple(_BYTES),
    "count": (),
    "number": (),
}
_EXAMPLES: dict[Unit, str] = {
    "seconds": "< 300 ms",
    "share": ">= 95 %",
    "bytes": "< 500 MB",
    "count": "== 0",
    "number": ">= 8",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a figure is held against: an operator, and a value in seconds, as a share, in bytes, or a plain number."""

    operator: str
    value: float
    unit: Unit

    def __str__(self) -> str:
        return f"{self.operator} {self.words(self.value)}"

    def words(self, value: float) -> str:
        """A value in the unit people read."""
        return words(value, self.unit)

    @property
    def upper_or_exact(self) -> bool:
        """Whether a count that has passed the limit can never come back."""
        return self.upper or self.operator == "=="

    @property
    def upper(self) -> bool:
        """Whether small values are the good ones."""
        return self.operator.startswith("<")

    def holds(self, value: float) -> bool:
        """Whether a value is on the good side."""
        match self.operator:
            case "<":
                return value < self.value
            case "<=":
                return value <= self.value
            case ">":
                return value > self.value
            case ">=":
                return value >= self.value
            case _:
                return value == self.value


def words(value: float, unit: str) -> str:
    """A value of a unit as people read it: 0.3 seconds are 300 ms, a share of 0.95 is 95 %."""
    match unit:
        case "seconds":
            return ("-" if value < 0 else "") + setting(abs(float(f"{value:.4g}")))
        case "share":
            return f"{100 * value:.4g} %"
        case "bytes":
            name, size = next(((name, size) for name, size in _READ if abs(value) >= size), ("B", 1))
            return f"{value / size:.4g} {name}"
        case _:
            return f"{value:.4g}" if value != int(value) else f"{value:.0f}"


def read_limit(written: object, figure: Figure) -> Limit:
    """Read what stands behind a figure's name in a file of objectives.

    A bare number is a count, and stands for `==`; that of a frame's fate counts frames. Raises UsageError.
    """
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        raise _wrong(figure, written, "is not a limit")
    match = _LIMIT.fullmatch(written.strip() if isinstance(written, str) else f"== {written}")
    if match is None or (match[1] is None and isinstance(written, str)):
        raise _wrong(figure, written, "does not say which side is the good one: begin with <, <=, >, >= or ==")
    value, unit = _value(match[2].strip(), figure, written)
    limit = Limit(_SIGNS.get(match[1], match[1]), value, unit)
    _refuse_senseless(limit, figure, written)
    return limit


def _value(text: str, figure: Figure, written: object) -> tuple[float, Unit]:
    number = _NUMBER.fullmatch(text)
    if number is None:
        raise _wrong(figure, written, "has no number")
    amount, unit = float(number[1]), number[2]
    if not unit:
        return _bare(amount, figure, written)
    if unit == "%" and figure.unit in {"share", "number"} and figure.name != "fps_delivered":
        return amount / 100, "share"
    if figure.unit == "seconds":
        return _seconds(text, figure, written), "seconds"
    known = {name.lower(): size for name, size in _BYTES.items()}
    if figure.unit == "bytes" and unit.lower() in known:
        return amount * known[unit.lower()], "bytes"
    raise _wrong_unit(figure, written, unit)


def _bare(amount: float, figure: Figure, written: object) -> tuple[float, Unit]:
    if figure.unit == "seconds" and amount:
        raise _wrong(figure, written, "is a time and has no unit: write ms, s, m or h behind it")
    if figure.countable and amount.is_integer():
        return amount, "count"
    if figure.countable:
        raise _wrong(figure, written, "is neither a number of frames nor a share: write 95 % for a share")
    return amount, figure.unit


def _seconds(text: str, figure: Figure, written: object) -> float:
    try:
        size = seconds(text.replace(" ", "").removeprefix("-"))
        return -size if text.startswith("-") else size  # an ETA can be off to either side
    except UsageError:
        letters = re.sub(r"[\d.\s-]", "", text)
        raise _wrong_unit(figure, written, letters) from None


def _refuse_senseless(limit: Limit, figure: Figure, written: object) -> None:
    if limit.unit == "share" and not 0 <= limit.value <= 1:
        raise _wrong(figure, written, "is no share: it lies between 0 % and 100 %")
    exact = limit.operator == "=="
    if exact and (
        limit.unit in {"seconds", "bytes", "number"} or (limit.unit == "share" and limit.value not in {0, 1})
    ):
        raise _wrong(figure, written, "can never be met: no measured figure is exactly that. Use <, <=, > or >=")


def _wrong_unit(figure: Figure, written: object, unit: str) -> UsageError:
    known = _UNITS[figure.unit]
    near = get_close_matches(unit, known, 1, 0.4) or get_close_matches(unit.lower(), known, 1, 0.4)
    hint = f". Did you mean {near[0]}?" if near else f": it takes {', '.join(known) or 'none'}"
    return _wrong(figure, written, f"has the unit {unit!r}, which {figure.name} has not{hint}")


def _wrong(figure: Figure, written: object, why: str) -> UsageError:
    example = f'{figure.name} = "{_EXAMPLES[figure.unit]}"'
    return UsageError(
        f"{figure.name}: {written!r} {why}{'' if why.endswith('?') else '.'}", f"Write it as in {example}."
    )
