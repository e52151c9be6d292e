"""Why an app could not be reached: the one place where exceptions of gradio_client and its libraries become ours."""

from typing import Any

import httpx
from gradio_client.exceptions import AuthenticationError
from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

from bench.errors import TargetError
from bench.wire.client import AsleepError

_LOG_IN = "Give the login as USER:PASSWORD in the environment variable that --auth-env names."
_NOT_GRADIO = "Check the address, and the path in it: the page that shows the app is the address to give."
_STARTING = frozenset({httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT})
_NOT_OF_THE_SPACE = (HFValidationError, OfflineModeIsEnabled, AuthenticationError, OSError)
"""Errors that may be a ValueError too, and do not tell that the Space is down."""


class NotUpError(TargetError):
    """Nothing answers yet, but may in a while: a server that starts, a Space that wakes."""


def unreachable(url: str, error: Exception, timeout_s: float) -> TargetError:
    """Say why no answer came at all."""
    if isinstance(error, httpx.TimeoutException):
        return NotUpError(f"{url} did not answer within {timeout_s:g} s.", "Check that the app is up and not swamped.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return TargetError(f"{url} shows a certificate that cannot be verified.", "Install its certificate authority.")
    return NotUpError(
        f"No server answers at {url} ({error}).",
        "Start the app, check host and port, or name the app's file to have it started for you.",
    )


def unusable(url: str, error: Exception, settings: dict[str, Any]) -> TargetError:
    """Say what is wrong with a server that answered; gradio_client is vague, so one look of our own decides."""
    config_url = url.rstrip("/") + "/config"
    try:
        answer = httpx.get(
            config_url, headers=settings["headers"], verify=settings["ssl_verify"], **settings["httpx_kwargs"]
        )
    except httpx.HTTPError as failure:
        return unreachable(url, failure, settings["httpx_kwargs"]["timeout"])
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        says = "refuses this user and password" if settings["auth"] else "wants a login"
        return TargetError(f"{url} {says}.", _LOG_IN)
    if answer.is_success and "Could not login" in str(error):
        return TargetError(f"{url} takes no login, and was given one.", "Leave out --auth-env.")
    return _answered(url, config_url, answer)


def _answered(url: str, config_url: str, answer: httpx.Response) -> TargetError:
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return TargetError(f"{url} answers 429: too many requests.", "Wait a minute and try again.")
    if answer.status_code == httpx.codes.FORBIDDEN:
        remedy = "Where it wants a key or a token, put that into an environment variable, and name both with --header."
        return TargetError(f"{url} lets nobody in: {config_url} answers 403.", remedy)
    if answer.has_redirect_location:
        return TargetError(f"{url} sends visitors on to {answer.headers['location']}.", "Give that address instead.")
    kind = answer.headers.get("content-type", "no content type").split(";")[0]
    seen = f"{config_url} answers {answer.status_code} ({kind})"
    if answer.status_code in _STARTING:
        return NotUpError(f"The app at {url} is not up: {seen}.", "Wake or start it, and look at its own log.")
    return TargetError(f"The server at {url} is not a Gradio app: {seen}.", _NOT_GRADIO)


def space_error(space: str, error: Exception) -> TargetError:
    """Translate what the Hub, or a Space's own server, said."""
    if isinstance(error, ValueError) and not isinstance(error, _NOT_OF_THE_SPACE):
        return _not_running(space, error)
    if isinstance(error, RepositoryNotFoundError):
        remedy = "Check owner and name; a private Space needs HF_TOKEN in the environment."
        return TargetError(f"There is no Space named {space}.", remedy)
    if isinstance(error, HFValidationError):
        return TargetError(f"{space} cannot be the name of a Space.", "Write it as OWNER/NAME.")
    if isinstance(error, OfflineModeIsEnabled):
        return TargetError(f"Cannot look up the Space {space}: HF_HUB_OFFLINE is set.", "Unset it, or give a URL.")
    if isinstance(error, AuthenticationError):
        return TargetError(f"The Space {space} wants a login.", _LOG_IN)
    return TargetError(f"Cannot reach the Space {space} ({error}).", "Check the network, or give the app's own URL.")


def _not_running(space: str, error: ValueError) -> TargetError:
    """Tell a Space on its way up, which refuses to give its config yet, from one that is broken or no Gradio app."""
    remedy = "Open it in a browser to wake or restart it, then try again."
    passes = isinstance(error, AsleepError) or "Could not fetch config" in str(error)
    return (NotUpError if passes else TargetError)(f"The Space {space} is not running ({error}).", remedy)
