"""Reaching an app through gradio_client, and the one place where its exceptions become ours."""

import ipaddress
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from gradio_client.utils import TooManyRequestsError
from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

from bench.errors import TargetError, UsageError

_LOG_IN = "Give the login as USER:PASSWORD in the environment variable that --auth-env names."
_NOT_GRADIO = "Check the address, and the path in it: the page that shows the app is the address to give."


class AppClient(Client):  # type: ignore[misc]  # gradio_client ships no type information
    """gradio_client's Client reduced to what discovery needs: it starts no heartbeat, telemetry or schema request."""

    def _get_config(self) -> dict[str, Any]:
        config = super()._get_config()
        if "dependencies" not in config or "components" not in config:
            raise ValueError("the answer is no Gradio config")
        return {**config, "connect_heartbeat": False}

    def _get_api_info(self) -> dict[str, Any]:
        return {"named_endpoints": {}, "unnamed_endpoints": {}}

    def _telemetry_thread(self) -> None:
        """Send nothing: the environment variable that forbids it is read too early to be set here."""


def connect(
    url: str,
    *,
    auth: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
    verify: bool = True,
    timeout_s: float = 20.0,
) -> AppClient:
    """Log in to the app at `url` (or the Space `owner/name`) and fetch its config.

    Raises TargetError when nothing Gradio-like answers there, UsageError when `url` is no address at all. A Hugging
    Face token goes to Spaces only, never to another address.
    """
    # A proxy named in the environment cannot reach this machine's own loopback.
    network = {"timeout": timeout_s, "trust_env": not is_loopback(url)}
    settings = {"auth": auth, "headers": headers, "ssl_verify": verify, "httpx_kwargs": network}
    if "://" not in url:
        return _space_client(url, settings)
    token: Literal[False] | None = None if _host(url).endswith((".hf.space", "huggingface.co")) else False
    try:
        return _client(url, token, settings)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _unreachable(url, error, timeout_s) from None
    except (ValueError, TypeError, TooManyRequestsError) as error:  # all that gradio_client raises or stumbles into
        raise _unusable(url, error, settings) from None


def is_loopback(url: str) -> bool:
    """Whether `url` names this very machine; Spaces and names that would have to be looked up do not."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".") if "://" in url else ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _host(url: str) -> str:
    """Return the host an http address names; UsageError when it names none."""
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme
    except ValueError:
        host, scheme = None, ""
    if not host or scheme not in {"http", "https"}:
        raise UsageError(f"{url} is not an http address.", "Write it as http://HOST:PORT.")
    return host


def _client(url: str, token: Literal[False] | None, settings: dict[str, Any]) -> AppClient:
    client = AppClient(url, token, download_files=False, verbose=False, analytics_enabled=False, **settings)
    client.close()
    return client


def _space_client(space: str, settings: dict[str, Any]) -> AppClient:
    try:
        return _client(space, None, settings)
    except Exception as error:  # every version of huggingface_hub brings another HTTP library and its exceptions
        raise _space_error(space, error) from None


def _unreachable(url: str, error: Exception, timeout_s: float) -> TargetError:
    if isinstance(error, httpx.TimeoutException):
        return TargetError(f"{url} did not answer within {timeout_s:g} s.", "Check that the app is up and not swamped.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return TargetError(f"{url} shows a certificate that cannot be verified.", "Install its certificate authority.")
    return TargetError(
        f"No server answers at {url} ({error}).",
        "Start the app, check host and port, or name the app's file to have it started for you.",
    )


def _unusable(url: str, error: Exception, settings: dict[str, Any]) -> TargetError:
    """Say what is wrong with a server that answered; gradio_client is vague, so one look of our own decides."""
    config_url = url.rstrip("/") + "/config"
    try:
        answer = httpx.get(config_url, verify=settings["ssl_verify"], **settings["httpx_kwargs"])
    except httpx.HTTPError as failure:
        return _unreachable(url, failure, settings["httpx_kwargs"]["timeout"])
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return TargetError(f"{url} answers 429: too many requests.", "Wait a minute and try again.")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        says = "refuses this user and password" if settings["auth"] else "wants a login"
        return TargetError(f"{url} {says}.", _LOG_IN)
    if answer.has_redirect_location:
        return TargetError(f"{url} sends visitors on to {answer.headers['location']}.", "Give that address instead.")
    if answer.is_success and "Could not login" in str(error):
        return TargetError(f"{url} takes no login, and was given one.", "Leave out --auth-env.")
    kind = answer.headers.get("content-type", "no content type").split(";")[0]
    seen = f"{config_url} answers {answer.status_code} ({kind})"
    return TargetError(f"The server at {url} is not a Gradio app: {seen}.", _NOT_GRADIO)


def _space_error(space: str, error: Exception) -> TargetError:
    """Translate what the Hub, or a Space's own server, said."""
    if isinstance(error, RepositoryNotFoundError):
        remedy = "Check owner and name; a private Space needs HF_TOKEN in the environment."
        return TargetError(f"There is no Space named {space}.", remedy)
    if isinstance(error, HFValidationError):
        return TargetError(f"{space} cannot be the name of a Space.", "Write it as OWNER/NAME.")
    if isinstance(error, OfflineModeIsEnabled):
        return TargetError(f"Cannot look up the Space {space}: HF_HUB_OFFLINE is set.", "Unset it, or give a URL.")
    if isinstance(error, AuthenticationError):
        return TargetError(f"The Space {space} wants a login.", _LOG_IN)
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # no JSON, no config, or a sleeping state
        remedy = "Open it in a browser to wake or restart it, then try again."
        return TargetError(f"The Space {space} is not running ({error}).", remedy)
    return TargetError(f"Cannot reach the Space {space} ({error}).", "Check the network, or give the app's own URL.")
