"""What an app's address tells before anything is sent to it."""

import ipaddress
from urllib.parse import urlsplit

from bench.errors import UsageError


def is_space(text: str) -> bool:
    """Whether this is a Space, by its name `owner/name` or its own address: it may sleep, and be woken."""
    return "://" not in text or host_of(text).endswith((".hf.space", "huggingface.co"))


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


def host_of(url: str) -> str:
    """Return the host an http address names; UsageError when it names none."""
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme
    except ValueError:
        host, scheme = None, ""
    if not host or scheme not in {"http", "https"}:
        raise UsageError(f"{url} is not an http address.", "Write it as http://HOST:PORT.")
    return host
