"""What lets viewers in: a login and headers, taken from the environment so that no secret is typed on a command line.

Options name environment variables; names are what command lines, process lists, ledgers and reports hold.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.errors import UsageError

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a header's name: RFC 9110, 5.6.2
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OURS = frozenset({"host", "connection", "content-length", "content-type", "transfer-encoding", "x-gradio-user"})


@dataclass(frozen=True, slots=True)
class Access:
    """A login (user, password) and headers for every request; neither shows in its repr."""

    auth: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_access(auth_env: str, headers: Iterable[str], environment: Mapping[str, str]) -> Access:
    """Look up what `--auth-env NAME` and each `--header NAME=VARIABLE` name in the environment.

    Raises UsageError for a variable that is not set or holds nothing usable. What can be no variable's name is not
    repeated, for it may be the secret itself.
    """
    return Access(
        auth=_login(auth_env, environment) if auth_env else None,
        headers=dict(_header(typed, environment) for typed in headers),
    )


def _login(name: str, environment: Mapping[str, str]) -> tuple[str, str]:
    remedy = "It names the environment variable that holds USER:PASSWORD, such as --auth-env APP_LOGIN."
    user, colon, password = _value("--auth-env", name, remedy, environment).partition(":")
    if not colon or not user or not password:
        raise UsageError(
            f"--auth-env: {name} does not hold USER:PASSWORD.", "Put user and password in it, a colon between."
        )
    return user, password


def _header(typed: str, environment: Mapping[str, str]) -> tuple[str, str]:
    name, equals, variable = typed.partition("=")
    remedy = "Write it as NAME=VARIABLE, the environment variable that holds the value: --header Authorization=APP_KEY."
    if not equals or not _TOKEN.fullmatch(name):
        raise UsageError("--header: what is before the = is no header's name.", remedy)
    if name.lower() in _OURS:
        raise UsageError(f"--header: {name} is the harness's own to set.", "Leave it out.")
    value = _value(f"--header {name}", variable, remedy, environment)
    if not value.isprintable() or not value.isascii():
        raise UsageError(f"--header {name}: {variable} holds what no header can.", "Use plain ASCII on a single line.")
    return name, value


def _value(option: str, variable: str, remedy: str, environment: Mapping[str, str]) -> str:
    if not _VARIABLE.fullmatch(variable):
        raise UsageError(f"{option}: what was given is no environment variable's name.", remedy)
    value = environment.get(variable, "").strip()
    if not value:
        raise UsageError(f"{option}: the environment variable {variable} is not set, or empty.", remedy)
    return value
