"""A relay between viewers and the app that does to each exchange what its faults say (HTTP/1.1, RFC 9112)."""

import asyncio
import re
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from bench.faults.fault import Does, Fault

_LIMIT = 1 << 26
_PIECE = 1 << 16
_COOKIE = re.compile(rb"\r\ncookie:[^\r]*", re.IGNORECASE)
_KIND = re.compile(r"/gradio_api(/queue/\w+|/\w+)")
_RESET_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing then resets the connection (socket(7))."""

Lost = (OSError, asyncio.IncompleteReadError)


class _EndedError(Exception):
    """The answer was ended where it stood; the connection is to be closed, not reset."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: its head with the blank line, and its body."""

    path: str
    head: bytes
    body: bytes


class Relay:
    """Relays connections to the app at `upstream`; keeps when each request came, by path, and what was struck."""

    def __init__(self, upstream: tuple[str, int], faults: tuple[Fault, ...]) -> None:
        self.upstream = upstream
        self.came_s: dict[str, list[float]] = {}
        self.struck: Counter[str] = Counter()
        self._faults = faults
        self._seen = [0] * len(faults)
        self._first_join_s: float | None = None
        self._random = Random(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        app: asyncio.StreamWriter | None = None
        try:
            answers, app = await asyncio.open_connection(*self.upstream, limit=_LIMIT)
            begun = b""
            while True:
                request = await _request(reader, begun)
                passing = asyncio.create_task(self._exchange(request, answers, app, writer))
                begun = await _until_done(passing, reader)
        except Lost:
            _reset(writer)
        except (_EndedError, asyncio.CancelledError):
            return
        finally:
            for each in (writer, app):
                if each is not None:
                    each.close()

    def _struck(self, path: str) -> list[Fault]:
        """Note that a request came, and tell what is to befall it."""
        now_s = time.monotonic()
        kind = _KIND.search(path)
        self.came_s.setdefault(kind[1] if kind else path, []).append(now_s)
        if self._first_join_s is None and "/queue/join" in path:
            self._first_join_s = now_s
        if self._first_join_s is None:
            return []
        found = []
        for index, fault in enumerate(self._faults):
            self._seen[index] += fault.path in path
            if fault.strikes(path, self._seen[index], now_s - self._first_join_s):
                self.struck[fault.does] += 1
                found.append(fault)
        return found

    async def _exchange(
        self, request: Request, answers: asyncio.StreamReader, app: asyncio.StreamWriter, viewer: asyncio.StreamWriter
    ) -> None:
        struck = {fault.does: fault for fault in self._struck(request.path)}
        if "reset before" in struck:
            raise ConnectionResetError
        if "hang" in struck:
            await asyncio.Event().wait()
        if own := struck.get("status") or struck.get("endless"):
            await _own_answer(own, viewer)
            return
        head = _COOKIE.sub(b"", request.head) if "forget login" in struck else request.head
        app.write(head + request.body)
        await self._pass_on(struck, answers, viewer)
        if "reset after" in struck:
            raise ConnectionResetError

    async def _pass_on(
        self, struck: dict[Does, Fault], answers: asyncio.StreamReader, viewer: asyncio.StreamWriter
    ) -> None:
        """Pass an answer on, message by message where it is one of events."""
        slow = struck.get("slow")
        number = 0
        async for piece in _answer(answers):
            if slow is not None:
                await asyncio.sleep(slow.delay_s + self._random.random() * slow.jitter_s if number == 0 else 0)
                await asyncio.sleep(len(piece) / slow.bytes_per_s if slow.bytes_per_s else 0)
            if "say" in struck and number == struck["say"].after:
                viewer.write(_chunk(struck["say"].text.encode() + b"\n\n"))
            if ("cut" in struck and number == struck["cut"].after) or ("reset within" in struck and number == 1):
                viewer.write(piece[: len(piece) // 2])
                await viewer.drain()
                await asyncio.sleep(0.02)  # what was written must be there before the end is
                if "cut" not in struck:
                    raise ConnectionResetError
                raise _EndedError
            for part in _bytes_of(piece) if "split" in struck else (piece,):
                viewer.write(part)
                await viewer.drain()
            number += 1


async def _until_done(passing: "asyncio.Task[None]", reader: asyncio.StreamReader) -> bytes:
    """Wait for an exchange, or for the viewer to hang up; returns what came of the next request meanwhile."""
    more = asyncio.create_task(_more(reader))
    await asyncio.wait({passing, more}, return_when=asyncio.FIRST_COMPLETED)
    if not passing.done():
        passing.cancel()
        raise _EndedError
    if not more.done():
        more.cancel()
        with suppress(asyncio.CancelledError):
            await more
    await passing
    return b"" if more.cancelled() else more.result()


async def _more(reader: asyncio.StreamReader) -> bytes:
    with suppress(OSError):
        return await reader.read(1)
    return b""


async def _request(reader: asyncio.StreamReader, begun: bytes) -> Request:
    head = begun + await reader.readuntil(b"\r\n\r\n")
    length = _field(head, b"content-length")
    return Request(head.split(b" ", 2)[1].decode(), head, await reader.readexactly(int(length or 0)))


async def _answer(answers: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield an answer as it stands on the wire: its head, then its chunks, or pieces of its body."""
    head = await answers.readuntil(b"\r\n\r\n")
    yield head
    if _field(head, b"transfer-encoding") is not None:
        size = b""
        while size != b"0":
            line = await answers.readuntil(b"\r\n")
            size = line.strip()
            yield line + await answers.readexactly(int(size, 16) + 2)
        return
    left = int(_field(head, b"content-length") or 0)
    while left:
        piece = await answers.readexactly(min(left, _PIECE, max(left // 2, 1)))
        left -= len(piece)
        yield piece


async def _own_answer(fault: Fault, viewer: asyncio.StreamWriter) -> None:
    if fault.does == "endless":
        viewer.write(b"HTTP/1.1 200 OK\r\ncontent-type: image/webp\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            viewer.write(_chunk(bytes(_PIECE)))
            await viewer.drain()
    status, body = fault.status, fault.text.encode()
    viewer.write(
        b"HTTP/1.1 %d Scripted\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%b\r\n%b"
        % (status, len(body), b"location: http://127.0.0.1:9/elsewhere\r\n" if status // 100 == 3 else b"", body)
    )
    await viewer.drain()


def _field(head: bytes, name: bytes) -> bytes | None:
    found = re.search(rb"\r\n" + name + rb":\s*([^\r]*)", head, re.IGNORECASE)
    return found[1] if found else None


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _bytes_of(piece: bytes) -> list[bytes]:
    return [piece[at : at + 1] for at in range(len(piece))]


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
        writer.transport.abort()
