"""Discovery: what a running Gradio app has that a camera or a microphone can stream to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio_client
import httpx

from bench.errors import TargetError
from bench.wire.address import is_loopback
from bench.wire.client import AppClient
from bench.wire.connect import connect
from bench.wire.endpoint import Endpoint, Input, LeftOut, Output, read_endpoints
from bench.wire.parameters import name_parameters
from bench.wire.profiling import profiles

__all__ = ["App", "Endpoint", "Input", "LeftOut", "Output", "discover", "is_loopback"]

_PATH = re.compile(r"(/[\w.~-]+)*", re.ASCII)
_ODD = "Check that the address is that of a Gradio 5 or 6 app, and that nothing between changes its /config."
PROTOCOL = "sse_v3"
"""The queue protocol whose streams the harness speaks; Gradio 5.0 was the first to stream input over it."""


@dataclass(frozen=True, slots=True)
class App:
    """A running Gradio app and its streaming endpoints.

    `root` is scheme, host, port and root path without a slash at the end; the API lies at `root + api_prefix`.
    `headers` and `cookies` belong on every request (login, Space token). `ssr` is None where it could not be told.
    `max_threads` is not in /config: it is None unless the app was deployed by the harness.
    `profiling` says whether it keeps traces of its own (`bench.wire.profiling`).
    """

    url: str
    root: str
    api_prefix: str
    headers: dict[str, str]
    cookies: dict[str, str]
    gradio_version: str
    gradio_client_version: str
    protocol: str
    ssr: bool | None
    max_threads: int | None
    profiling: bool
    endpoints: tuple[Endpoint, ...]
    left_out: tuple[LeftOut, ...]

    def request_headers(self) -> dict[str, str]:
        """Headers for every request, cookies among them; the login's join those of a Cookie header given."""
        given = {name: value for name, value in self.headers.items() if name.lower() != "cookie"}
        cookies = [value for name, value in self.headers.items() if name.lower() == "cookie"]
        cookies += [f"{name}={value}" for name, value in self.cookies.items()]
        return given | ({"Cookie": "; ".join(cookies)} if cookies else {})


def discover(
    url: str,
    *,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    verify: bool = True,
    timeout_s: float = 20.0,
    patience_s: float = 0.0,
    waiting: Callable[[str], None] = lambda _words: None,
) -> App:
    """Find the streaming endpoints of the app at `url`, an address or the name of a Space (`owner/name`).

    An app that is not up yet, such as a sleeping Space, is waited for up to `patience_s`, and `waiting` told of it.
    Raises TargetError when there is no server, no Gradio app, no way in, or nothing that could be driven. No thread
    and no connection outlives the call.
    """
    client = connect(
        url,
        auth=auth,
        headers=headers,
        verify=verify,
        timeout_s=timeout_s,
        patience_s=patience_s,
        waiting=waiting,
    )
    config = client.config
    version, endpoints, left_out = read_config(url, config)
    return App(
        url=url,
        root=client.src.rstrip("/"),
        api_prefix=api_prefix(config),
        headers=dict(client.headers),
        cookies=dict(client.cookies),
        gradio_version=version,
        gradio_client_version=gradio_client.__version__,
        protocol=str(config.get("protocol", "ws")),
        ssr=_is_ssr(client),
        max_threads=None,
        profiling=profiles(
            client.src.rstrip("/"),
            api_prefix(config),
            headers=client.headers,
            cookies=client.cookies,
            verify=client.ssl_verify,
            **client.httpx_kwargs,
        ),
        endpoints=name_parameters(client, endpoints),
        left_out=left_out,
    )


def api_prefix(config: dict[str, Any]) -> str:
    """Read where the API lies below the app; raises ValueError for what would lead to another host."""
    prefix = str(config.get("api_prefix", "")).rstrip("/")
    if not _PATH.fullmatch(prefix):
        raise ValueError("its api_prefix is no path")
    return prefix


def read_config(url: str, config: Any) -> tuple[str, tuple[Endpoint, ...], tuple[LeftOut, ...]]:
    """Read the version and the streaming endpoints out of an app's /config; raises TargetError where there are none."""
    try:
        version, _ = str(config.get("version", "unknown")).strip(), api_prefix(config)
        endpoints, left_out = read_endpoints(config)
        if not endpoints:
            raise _nothing_to_drive(url, version, config, left_out)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"[:120]
        raise TargetError(f"The app at {url} describes itself in a way that cannot be read ({what}).", _ODD) from None
    return version, endpoints, left_out


def _is_ssr(client: AppClient) -> bool | None:
    """Whether a Node server renders the page (SvelteKit's bootstrap is in it); None when the page could not be had."""
    try:
        page = httpx.get(
            client.src,
            headers=client.headers,
            cookies=client.cookies,
            verify=client.ssl_verify,
            **client.httpx_kwargs,
        )
    except httpx.HTTPError:
        return None
    return "__sveltekit" in page.text if page.is_success else None


def _nothing_to_drive(url: str, version: str, config: dict[str, Any], left_out: tuple[LeftOut, ...]) -> TargetError:
    dependencies = config["dependencies"]
    if config.get("protocol") != PROTOCOL or any("connection" not in dependency for dependency in dependencies):
        return TargetError(
            f"The app at {url} runs Gradio {version}, which has no streaming input of the kind the harness drives.",
            "Upgrade the app to Gradio 5 or later.",
        )
    wanted = "Looked for gr.Image(sources=['webcam'], streaming=True).stream(...), or the same with gr.Audio."
    if left_out:
        reasons = "; ".join(f"{one.api_name}: {one.reason}" for one in left_out)
        return TargetError(f"None of the streaming events at {url} can be driven: {reasons}.", wanted)
    names = [str(one["api_name"]) for one in dependencies if one.get("api_name") and one.get("backend_fn", True)]
    has = f"It has {', '.join(names)}, none of which streams." if names else "It has no endpoints at all."
    return TargetError(f"The app at {url} has no streaming endpoint. {has}", wanted)
