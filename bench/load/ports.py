"""Ports that are to be listened on: whether they can be had, asked before anything is started."""

import socket

from bench.errors import UsageError


def refuse_used_port(host: str, port: int, remedy: str) -> None:
    """Raise UsageError, with this remedy, where nobody can listen on `host` and `port` now."""
    if not 0 <= port < 65536:
        raise UsageError(f"{port} is no port: they go up to 65535.", remedy)
    try:
        family, *_, address = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)[0]  # noqa: S104
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used: {error.strerror}.", remedy) from None
