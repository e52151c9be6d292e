"""Reading HTTP answers: whatever the cuts, the same body; whatever the bytes, one known error."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.wire.answer import Answer, AnswerError, ChunkDecoder


class Pieces:
    """A socket that gives what it was made of, piece by piece."""

    def __init__(self, data: bytes, cuts: list[int] | None = None) -> None:
        edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts or [])})
        self._pieces = [data[start:end] for start, end in pairwise(edges)]

    def recv(self, _size: int, /) -> bytes:
        """The next piece; nothing at the end, as a closed connection."""
        return self._pieces.pop(0) if self._pieces else b""


def chunked(*parts: bytes, trailer: bytes = b"") -> bytes:
    """A chunked body."""
    return b"".join(b"%X;note=1\r\n%s\r\n" % (len(part), part) for part in parts if part) + b"0\r\n" + trailer + b"\r\n"


cuts = st.lists(st.integers(0, 5000), max_size=40)


@given(st.lists(st.binary(max_size=300), max_size=8), cuts)
def test_chunks_give_their_body_however_cut(parts: list[bytes], where: list[int]) -> None:
    """Sizes, extensions, trailers and line ends may be split anywhere."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = Answer(Pieces(head + chunked(*parts, trailer=b"X-Sum: 1\r\n"), where))
    assert b"".join(answer.pieces()) == b"".join(parts)
    assert (answer.status, answer.keep) == (200, True)


@given(st.binary(max_size=2000), cuts)
def test_a_length_gives_its_body_however_cut(body: bytes, where: list[int]) -> None:
    """A body of known length is complete with its last byte, and the connection can be used again."""
    head = b"HTTP/1.1 404 Not Found\r\ncontent-LENGTH:  %d\r\nserver: uvicorn\r\n\r\n" % len(body)
    answer = Answer(Pieces(head + body, where))
    assert b"".join(answer.pieces()) == body
    assert (answer.status, answer.keep) == (404, True)


def test_a_body_without_length_ends_with_the_connection() -> None:
    """Such a connection cannot be used again."""
    answer = Answer(Pieces(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"))
    assert b"".join(answer.pieces()) == b"until the end"
    assert not answer.keep


def test_an_interim_answer_is_passed_over() -> None:
    """103 Early Hints and 100 Continue are not the answer."""
    head = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    assert Answer(Pieces(head + b"HTTP/1.1 204 No Content\r\n\r\n")).status == 204


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nfour",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40000,
    ],
)
def test_what_is_no_answer_raises(data: bytes) -> None:
    """Torn, overlong, ambiguous or foreign bytes raise AnswerError."""
    with pytest.raises(AnswerError):
        b"".join(Answer(Pieces(data)).pieces())


@given(st.binary(max_size=200), cuts)
def test_any_bytes_raise_nothing_else(data: bytes, where: list[int]) -> None:
    """Nothing a server sends raises anything but AnswerError."""
    for head in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"):
        try:
            b"".join(Answer(Pieces(head + data, where)).pieces())
        except AnswerError:
            continue


def test_the_decoder_stops_at_the_end() -> None:
    """Bytes after the last chunk are not part of the body."""
    decoder = ChunkDecoder()
    assert decoder.feed(chunked(b"body") + b"HTTP/1.1 200 OK") == b"body"
    assert decoder.done
