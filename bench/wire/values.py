"""What an input of an app takes, and how a value typed as text is read for it."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from bench.errors import UsageError

ValueKind = Literal["text", "number", "boolean", "choice", "file", "any"]

_KINDS: dict[str, ValueKind] = {
    "textbox": "text",
    "markdown": "text",
    "html": "text",
    "code": "text",
    "colorpicker": "text",
    "datetime": "text",
    "number": "number",
    "slider": "number",
    "checkbox": "boolean",
    "dropdown": "choice",
    "radio": "choice",
    "checkboxgroup": "choice",
    "image": "file",
    "audio": "file",
    "video": "file",
    "file": "file",
    "uploadbutton": "file",
}
_JSON_KINDS: dict[str, ValueKind] = {"string": "text", "number": "number", "integer": "number", "boolean": "boolean"}
_BOOLEANS = {"true": True, "false": False}
_MOST_NAMED = 12  # choices told in words; a list of every language of the world helps nobody


@dataclass(frozen=True, slots=True)
class Domain:
    """The values an input takes, as far as /config tells.

    `choices` are (name shown, value sent); `many` of them may be chosen, `custom` allows others too. `least` and
    `most` bound a number.
    """

    kind: ValueKind = "any"
    choices: tuple[tuple[str, Any], ...] = ()
    many: bool = False
    custom: bool = False
    least: float | None = None
    most: float | None = None

    def read(self, text: str) -> Any:
        """Read a value typed as `text`; raises UsageError, with what could have been given, when it cannot be one."""
        match self.kind:
            case "text":
                return text
            case "boolean":
                return self._boolean(text)
            case "number":
                return self._number(text)
            case "choice":
                return self._choices(text) if self.many else self._choice(_json(text), text)
            case "file":
                return self._file(text)
        return _json(text)

    def words(self) -> str:
        """Say in a few words what it takes; empty where anything goes."""
        if self.kind == "choice":
            names = [name for name, _ in self.choices[:_MOST_NAMED]]
            more = [f"{len(self.choices) - _MOST_NAMED} more"] if len(self.choices) > _MOST_NAMED else []
            any_of = "any of " if self.many else ""
            return any_of + ", ".join([*names, *more, *(["or any text"] if self.custom and names else [])])
        if self.kind == "number":
            return _range(self.least, self.most)
        return {"boolean": "true or false", "file": "a file"}.get(self.kind, "")

    def _boolean(self, text: str) -> bool:
        value = _BOOLEANS.get(text.strip().lower())
        if value is None:
            raise UsageError(f"{text!r} is neither true nor false.", "Give true or false.")
        return value

    def _number(self, text: str) -> float | int | None:
        value = _json(text)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{text!r} is not a number.", f"Give a number {self.words()}".rstrip() + ".")
        if (self.least is not None and value < self.least) or (self.most is not None and value > self.most):
            raise UsageError(f"{text} is out of range.", f"Give a number {self.words()}.")
        return value

    def _choices(self, text: str) -> list[Any]:
        given = _json(text)
        return [self._choice(one, str(one)) for one in (given if isinstance(given, list) else [given])]

    def _choice(self, value: Any, text: str) -> Any:
        for name, sent in self.choices:
            if text in {name, str(sent)} or (type(value) is type(sent) and value == sent):  # True is no 1
                return sent
        if self.custom or not self.choices or value is None:  # no choices: the app fills them in as it runs
            return value if value is None else text
        raise UsageError(f"{text!r} is not among its choices.", f"Choose {self.words()}.")

    def _file(self, text: str) -> Any:
        value = _json(text)
        if value is None or isinstance(value, dict | list):
            return value
        raise UsageError("It takes a file, which cannot be given here.", "Give null, or FileData that the app knows.")


def read_domain(component: dict[str, Any]) -> Domain:
    """Read out of a component of /config what values it takes."""
    props = component["props"]
    return Domain(
        kind=_kind(component),
        choices=tuple((str(name), value) for name, value in map(_pair, props.get("choices") or ())),
        many=component["type"] == "checkboxgroup" or bool(props.get("multiselect")),
        custom=bool(props.get("allow_custom_value")),
        least=_bound(props.get("minimum")),
        most=_bound(props.get("maximum")),
    )


def _kind(component: dict[str, Any]) -> ValueKind:
    """Tell a component Gradio brings by its type, and any other by the schema it declares."""
    schema = component.get("api_info_as_input") or component.get("api_info") or {}
    return _KINDS.get(component["type"]) or _JSON_KINDS.get(str(schema.get("type")), "any")


def _pair(choice: Any) -> tuple[Any, Any]:
    """Gradio names choices in pairs; a custom component may list bare values."""
    if isinstance(choice, list | tuple) and len(choice) == 2:
        return choice[0], choice[1]
    return choice, choice


def _bound(value: Any) -> float | None:
    return value if isinstance(value, int | float) else None


def _json(text: str) -> Any:
    """Read JSON, or the text itself where it is none. `NaN` and the infinities, which are no JSON, stay text."""
    try:
        return json.loads(text, parse_constant=lambda _: text)
    except ValueError:
        return text


def _range(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"from {least:g} to {most:g}"
    if least is not None:
        return f"of at least {least:g}"
    return "" if most is None else f"of at most {most:g}"
