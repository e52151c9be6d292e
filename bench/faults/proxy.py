"""The relay as a process of its own, and its parent's end of the line: a proxy whose faults are scripted.

The first line in holds where the app is and the faults, the answer where the proxy listens. Later lines: `report`
asks for what passed, anything else is another address to relay to. The end of the input ends the process.
"""

import asyncio
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import orjson

from bench.faults.fault import Fault
from bench.faults.relay import Relay
from bench.truth.child import Child


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passed: when each request came (CLOCK_MONOTONIC seconds) by its path, and how often a fault struck."""

    came_s: dict[str, list[float]]
    struck: dict[str, int]

    @property
    def joins_s(self) -> list[float]:
        """When viewers asked to join."""
        return sorted(self.came_s.get("/queue/join", []))

    def busiest_second(self) -> int:
        """The most joins within one second."""
        joins = self.joins_s
        return max((sum(start <= one < start + 1 for one in joins) for start in joins), default=0)


class Proxy:
    """A proxy in front of the app at `app_url`, for as long as the `with` block lasts.

    `certificate` is a PEM file with its key: the proxy then speaks TLS to viewers.
    """

    def __init__(self, app_url: str, faults: tuple[Fault, ...], certificate: Path | None = None) -> None:
        self._orders = {
            "app": app_url,
            "faults": faults,
            "certificate": str(certificate or ""),
        }
        self.url = ""

    def __enter__(self) -> Self:
        self._child = Child("bench.faults.proxy")
        self.url = self._child.ask(orjson.dumps(self._orders))["url"]
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._child.stop()

    def relay_to(self, app_url: str) -> None:
        """Relay new connections to another address."""
        self._child.ask(app_url.encode())

    def traffic(self) -> Traffic:
        """Tell what has passed so far."""
        return Traffic(**self._child.ask(b"report"))


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


async def _main() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    orders = orjson.loads(await lines.readline())
    relay = Relay(_address(orders["app"]), tuple(Fault(**one) for one in orders["faults"]))
    context = None
    if orders["certificate"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(orders["certificate"])
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0, ssl=context, limit=2**26, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    _say({"url": f"{'https' if context else 'http'}://127.0.0.1:{port}"})
    while line := (await lines.readline()).strip():
        if line != b"report":
            relay.upstream = _address(line.decode())
        _say({"came_s": relay.came_s, "struck": relay.struck})


def _say(content: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(content) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(_main())
