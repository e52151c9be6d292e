"""Reads one HTTP/1.1 answer off a socket with as little work as can be: this runs three times per frame.

Looks for the status, the length and nothing else; Gradio's servers (uvicorn) send either Content-Length or chunks.
Framing follows RFC 9112 sections 6 and 7.
"""

from collections.abc import Iterator
from typing import Protocol

MAX_HEAD_BYTES = 64 * 2**10
_PIECE = 64 * 2**10


class AnswerError(Exception):
    """The answer is not HTTP/1.1, or ended too soon."""


class SilenceError(AnswerError):
    """The connection broke, or was closed, before the first byte of an answer."""


class Socket(Protocol):
    """What is needed of a socket."""

    def recv(self, size: int, /) -> bytes:
        """Wait for some bytes; none is the end of the connection."""


class Answer:
    """An answer whose head has been read. `keep` tells whether its connection can be used again after the body."""

    __slots__ = ("_chunks", "_data", "_left", "_sock", "keep", "status")

    _data: bytes

    def __init__(self, sock: Socket) -> None:
        self._sock = sock
        head = self._read_head(_first_piece(sock))
        while head[9:10] == b"1":  # an interim answer: the one that counts follows
            head = self._read_head(self._data)
        self.status = _status(head)
        fields = head.lower()
        self.keep = b"\r\nconnection: close" not in fields
        self._chunks = ChunkDecoder() if b"\r\ntransfer-encoding: chunked" in fields else None
        self._left = _length(fields) if self._chunks is None else -1
        self.keep = self.keep and (self._chunks is not None or self._left >= 0)
        if self.status in {204, 304}:
            self._left = 0

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it arrives; raises AnswerError when it ends too soon."""
        data, self._data = self._data, b""
        while True:
            if data and (body := self._decode(data)):
                yield body
            if self._complete():
                return
            data = self._sock.recv(_PIECE)
            if not data:
                if self._chunks is None and self._left < 0:
                    return  # neither length nor chunks: the end of the connection is the end of the body
                raise AnswerError("the connection closed within an answer")

    def _decode(self, data: bytes) -> bytes:
        if self._chunks is not None:
            return self._chunks.feed(data)
        if self._left >= 0:
            if len(data) > self._left:
                raise AnswerError("more was sent than announced")
            self._left -= len(data)
        return data

    def _complete(self) -> bool:
        return self._left == 0 if self._chunks is None else self._chunks.done

    def _read_head(self, data: bytes) -> bytes:
        while (end := data.find(b"\r\n\r\n")) < 0:
            more = self._sock.recv(_PIECE)
            if not more:
                raise AnswerError("a torn answer")
            data += more
            if len(data) > MAX_HEAD_BYTES + _PIECE:
                raise AnswerError("an answer without an end to its head")
        self._data = data[end + 4 :]
        return data[: end + 2]


class ChunkDecoder:
    """Takes the bytes of a chunked body in any pieces, and gives the body."""

    __slots__ = ("_line", "_trailer", "_within", "done")

    def __init__(self) -> None:
        self._within = 0  # bytes left of the chunk under way, its CRLF included
        self._line = b""
        self._trailer = False
        self.done = False

    def feed(self, data: bytes) -> bytes:
        """Return the part of the body in `data`; raises AnswerError where it is no chunked body."""
        parts: list[bytes] = []
        position = 0
        while position < len(data) and not self.done:
            if self._within:
                taken = min(self._within, len(data) - position)
                body = max(0, min(taken, self._within - 2))
                parts.append(data[position : position + body])
                self._within -= taken
                position += taken
            else:
                position = self._read_line(data, position)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read_line(self, data: bytes, position: int) -> int:
        end = data.find(b"\n", position)
        if end < 0:
            self._line += data[position:]
            if len(self._line) > MAX_HEAD_BYTES:
                raise AnswerError("a chunk without a size")
            return len(data)
        line = (self._line + data[position:end]).strip()
        self._line = b""
        if self._trailer:
            self.done = not line
            return end + 1
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            raise AnswerError("a chunk without a size") from None
        self._trailer = size == 0
        self._within = size + 2 if size > 0 else 0
        return end + 1


def _first_piece(sock: Socket) -> bytes:
    try:
        piece = sock.recv(_PIECE)
    except OSError as error:
        raise SilenceError(str(error)) from error
    if not piece:
        raise SilenceError("the connection closed before an answer")
    return piece


def _status(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.") or not head[9:12].isdigit():
        raise AnswerError(f"not an HTTP/1.1 answer: {head[:40]!r}")
    return int(head[9:12])


def _length(fields: bytes) -> int:
    start = fields.find(b"\r\ncontent-length:")
    if start < 0:
        return -1
    value = fields[start + 17 : fields.find(b"\r\n", start + 17)].strip()
    if not value.isdigit():
        raise AnswerError("an answer of no certain length")
    return int(value)
