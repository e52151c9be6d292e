"""Reaching an app through gradio_client: an address or a Space, with a login, and again while it is not up yet."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import httpx
from gradio_client.utils import TooManyRequestsError

from bench.errors import TargetError
from bench.wire.address import host_of, is_loopback, is_space
from bench.wire.client import AppClient
from bench.wire.failures import NotUpError, space_error, unreachable, unusable

_TRY_EVERY_S = 2.0
_LEAST_S = 0.5


def connect(
    url: str,
    *,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    verify: bool = True,
    timeout_s: float = 20.0,
    patience_s: float = 0.0,
    waiting: Callable[[str], None] = lambda _words: None,
) -> AppClient:
    """Log in to the app at `url` (or the Space `owner/name`) and fetch its config.

    A server that does not answer yet, or a Space that sleeps, is tried again for `patience_s`; `waiting` is told why
    each time. Raises TargetError when nothing Gradio-like answers there, UsageError when `url` is no address at all. A
    Hugging Face token goes to Spaces only, never to another address.
    """
    # A proxy named in the environment cannot reach this machine's own loopback.
    network = {"timeout": timeout_s, "trust_env": not is_loopback(url)}
    settings = {"auth": auth, "headers": dict(headers or {}), "ssl_verify": verify, "httpx_kwargs": network}
    started_s = time.monotonic()
    while True:
        left_s = patience_s - (time.monotonic() - started_s)
        if left_s > 0:  # a server that takes the request and stays silent is waited for no longer than was asked
            network["timeout"] = min(timeout_s, max(left_s, _LEAST_S))
        try:
            return _connect(url, settings)
        except NotUpError as error:
            waited_s = time.monotonic() - started_s
            if waited_s >= patience_s:
                raise _given_up(error, waited_s) if patience_s else error from None
            waiting(f"{error.problem} Waited {waited_s:.0f} of {patience_s:.0f} s.")
            time.sleep(min(_TRY_EVERY_S, patience_s - waited_s))


def _connect(url: str, settings: dict[str, Any]) -> AppClient:
    if "://" not in url:
        return _space_client(url, settings)
    host_of(url)
    token: Literal[False] | None = None if is_space(url) else False
    try:
        return _client(url, token, settings)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise unreachable(url, error, settings["httpx_kwargs"]["timeout"]) from None
    except (ValueError, TypeError, TooManyRequestsError) as error:  # all that gradio_client raises or stumbles into
        raise unusable(url, error, settings) from None


def _given_up(error: NotUpError, waited_s: float) -> TargetError:
    return TargetError(
        f"{error.problem} It was waited for {waited_s:.0f} s.", f"{error.remedy} --start-timeout waits longer."
    )


def _client(url: str, token: Literal[False] | None, settings: dict[str, Any]) -> AppClient:
    client = AppClient(url, token, download_files=False, verbose=False, analytics_enabled=False, **settings)
    client.close()
    return client


def _space_client(space: str, settings: dict[str, Any]) -> AppClient:
    try:
        return _client(space, None, settings)
    except Exception as error:  # every version of huggingface_hub brings another HTTP library and its exceptions
        raise space_error(space, error) from None
