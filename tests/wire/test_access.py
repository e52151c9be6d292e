"""Logins and headers out of the environment."""

import pytest

from bench.errors import UsageError
from bench.wire.access import read_access

ENVIRONMENT = {"LOGIN": "ada:love:lace", "KEY": "Bearer s3cret", "EMPTY": "", "BARE": "ada", "SPLIT": "a\r\nX-Evil: 1"}


def test_a_login_is_split_at_its_first_colon() -> None:
    """A password may hold colons; a user's name may not."""
    assert read_access("LOGIN", [], ENVIRONMENT).auth == ("ada", "love:lace")


def test_headers_take_their_values_from_variables() -> None:
    """Each header names the variable that holds its value."""
    assert read_access("", ["Authorization=KEY"], ENVIRONMENT).headers == {"Authorization": "Bearer s3cret"}


def test_nothing_asked_for_is_nothing_sent() -> None:
    """Without the options there is neither login nor header."""
    access = read_access("", [], ENVIRONMENT)
    assert (access.auth, access.headers) == (None, {})


def test_secrets_do_not_show_in_a_repr() -> None:
    """A log or a traceback that holds the value does not hold the secrets."""
    access = read_access("LOGIN", ["Authorization=KEY"], ENVIRONMENT)
    assert "love" not in repr(access)
    assert "s3cret" not in repr(access)


@pytest.mark.parametrize(
    ("auth_env", "headers", "says"),
    [
        ("NONSUCH", [], "NONSUCH is not set"),
        ("EMPTY", [], "EMPTY is not set"),
        ("BARE", [], "BARE does not hold USER:PASSWORD"),
        ("", ["Authorization=NONSUCH"], "NONSUCH is not set"),
        ("", ["Authorization"], "NAME=VARIABLE"),
        ("", ["X Y=KEY"], "no header's name"),
        ("", ["Content-Length=KEY"], "harness's own"),
        ("", ["X-Split=SPLIT"], "single line"),
    ],
)
def test_what_cannot_be_used_is_wrong_usage(auth_env: str, headers: list[str], says: str) -> None:
    """A variable that is missing or holds nothing usable is told by its name."""
    with pytest.raises(UsageError, match=says):
        read_access(auth_env, headers, ENVIRONMENT)


@pytest.mark.parametrize(("auth_env", "headers"), [("ada:hunter2", []), ("", ["Authorization=Bearer hunter2"])])
def test_a_secret_typed_in_place_of_a_name_is_not_repeated(auth_env: str, headers: list[str]) -> None:
    """The error for a secret on the command line says what belongs there, without the secret."""
    with pytest.raises(UsageError, match="environment variable") as caught:
        read_access(auth_env, headers, ENVIRONMENT)
    assert "hunter2" not in str(caught.value)
