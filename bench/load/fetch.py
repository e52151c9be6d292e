"""Fetches output files of results, from the app's own origin and from nowhere else."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import gevent
import pybase64

from bench.load.crowd import Crowd
from bench.load.entries import Arrival
from bench.wire.transport import ConnectionBrokeError, Transport

Then = Callable[[bytes | None], Any]

_ELSEWHERE = ("//", "/\\")
"""Beginnings that make a browser look for another host (URL Standard, 4.4: a backslash is a slash)."""
_SAFE = "/:?=&%@!$'()*+,;~[]-._|^`{}"


def escaped(path: str) -> str:
    """Escape what a request's head cannot hold (blanks, line ends, signs beyond ASCII), and drop the fragment."""
    return quote(path.partition("#")[0], safe=_SAFE, errors="replace")


class Fetcher:
    """Gets the file of a result as a browser does: inline data at once, anything else by GET.

    Puts the instant its bytes were here into the arrival's `shown_s`.
    """

    def __init__(self, crowd: Crowd, endpoint: int, transport: Transport) -> None:
        self._crowd, self._index, self._transport = crowd, endpoint, transport
        root = urlsplit(crowd.app.root)
        self._origin = f"{root.scheme}://{root.netloc}/"
        self.gone = False
        """Whether the viewer is gone: what cannot be fetched any more is no error then."""

    def fetch(self, value: Any, arrival: Arrival, then: Then) -> None:
        """Fetch what `value` (FileData, or an address) points to; `then` gets its bytes, or None when that failed."""
        url = str(value.get("url") or "") if isinstance(value, dict) else str(value)
        if url.startswith("data:"):
            self._take_inline(url, arrival, then)
            return
        path = self._own_path(url, value)
        if path is None:
            self._crowd.failed(self._index, "output file", f"not of the app's own origin: {url[:120]}")
            then(None)
        else:
            gevent.spawn_raw(self._get, path, arrival, then)

    def _take_inline(self, url: str, arrival: Arrival, then: Then) -> None:
        try:
            content = pybase64.b64decode(url.partition(",")[2])
        except ValueError as error:
            self._crowd.failed(self._index, "output file", f"inline data that cannot be read: {error}")
            then(None)
            return
        arrival.shown_s = arrival.result_s
        then(content)

    def _own_path(self, url: str, value: Any) -> str | None:
        """Path of an output file on the app's own origin, as a browser would ask for it; None for any other address."""
        if url.startswith(self._origin):
            return escaped(url[len(self._origin) - 1 :])
        if url.startswith("/") and not url.startswith(_ELSEWHERE):
            return escaped(url)
        if not url and isinstance(value, dict) and value.get("path"):
            return escaped(f"{self._crowd.api_path}/file={value['path']}")
        return None

    def _get(self, path: str, arrival: Arrival, then: Then) -> None:
        try:
            reply = self._transport.get(path)
            problem = "" if reply.status == 200 else f"HTTP {reply.status}"
        except ConnectionBrokeError as error:
            problem = str(error)
        if problem:
            if not (self.gone or self._crowd.over):
                self._crowd.failed(self._index, "output file", problem)
            then(None)
            return
        arrival.shown_s, arrival.bytes_received = reply.done_s, len(reply.body)
        then(reply.body)
