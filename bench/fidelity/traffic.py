"""What passed through a tap, in figures: what one side really sent and fetched, whatever it says of itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pybase64

from bench.fidelity.tap import Exchange
from bench.media.mark import MarkLayout
from bench.media.reading import read_mark

_PICTURE = re.compile(rb'"event_data":\s*\{.*?"url":\s*"data:image/jpeg;base64,([^"]+)"', re.DOTALL)
_STREAM = re.compile(r"/stream/([0-9a-f]+)$")
_EVENT = re.compile(rb'"msg":\s*"(process_starts|process_completed)",\s*"event_id":\s*"([0-9a-f]+)"')
_RESULT = re.compile(
    rb'"msg":\s*"(process_streaming|process_generating|process_completed)",\s*"event_id":\s*"([0-9a-f]+)"'
)
_PATH = re.compile(rb'"path":\s*"([^"]+)"')
_FRESH = re.compile(rb'"is_generating":\s*false')
_NOTICE_S = 0.1
"""A POST begun this soon after the end had been told was under way already: the ordinary race of a rotation."""

COMPARED_HEADERS = ("content-type", "x-gradio-user", "accept", "accept-encoding", "connection", "cookie", "origin")


@dataclass(frozen=True, slots=True)
class Way:
    """One frame's way, in seconds: from its POST's first byte to the last of its picture, or of its text's message.

    `app_s` is what of it the app was at work: without the client's time between the message and its GET of the picture.
    `frame` is what the picture's mark says; None for sound.
    """

    frame: int | None
    whole_s: float
    app_s: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """One side's whole visit on the wire.

    `posts` are joins and stream POSTs, `delivered` the frames, by their marks, whose pictures were fetched. `ways` are
    those of every frame with a result but the joins'. `early` POSTs went to a stream that was not open. `headers` are
    those of each kind of request that matter to an app: name → value, ids and sizes left out.
    """

    posts: int
    refused: int
    delivered: frozenset[int]
    early: int
    ways: tuple[Way, ...]
    connections: int
    headers: dict[str, dict[str, str]]


def traffic(exchanges: list[Exchange], layout: MarkLayout) -> Traffic:
    """Work out one side's figures. Result files are read from this machine's disk."""
    posts = [one for one in exchanges if one.method == "POST" and _kind(one) in {"join", "stream"}]
    files = {mark: one for one in exchanges if one.status == 200 and (mark := _shown(one, layout)) is not None}
    sent = {mark: one for one in posts if (mark := _carried(one, layout)) is not None}
    pictures = [(mark, one, files[mark]) for mark, one in sent.items() if mark in files and _kind(one) == "stream"]
    return Traffic(
        posts=len(posts),
        refused=sum(one.status >= 400 for one in posts),
        delivered=frozenset(files.keys() & sent.keys()),
        early=_early(exchanges, posts),
        ways=tuple(_of_pictures(exchanges, pictures) if pictures else _of_texts(exchanges, posts)),
        connections=len({one.connection for one in exchanges}),
        headers=_headers(exchanges),
    )


def _kind(one: Exchange) -> str:
    """Name what a request is for; empty for the rest of the page."""
    path = one.path.partition("?")[0]
    if _STREAM.search(path):
        return "stream"
    names = {"/queue/join": "join", "/queue/data": "events", "/upload": "upload"}
    found = next((name for end, name in names.items() if path.endswith(end)), "")
    return found or ("heartbeat" if "/heartbeat/" in path else "file" if "/file=" in path else "")


def _carried(post: Exchange, layout: MarkLayout) -> int | None:
    picture = _PICTURE.search(post.body)
    identity = None if picture is None else read_mark(pybase64.b64decode(picture[1]), layout)
    return None if identity is None else identity.frame


def _shown(one: Exchange, layout: MarkLayout) -> int | None:
    if _kind(one) != "file":
        return None
    path = Path(_path(one))
    identity = read_mark(path.read_bytes(), layout) if path.is_file() else None
    return None if identity is None else identity.frame


def _of_pictures(exchanges: list[Exchange], pictures: list[tuple[int, Exchange, Exchange]]) -> Iterator[Way]:
    told_s: dict[str, float] = {}
    for at_s, data in _events(exchanges):
        for path in _PATH.findall(data):
            told_s.setdefault(path.decode(), at_s)
    for mark, post, file in pictures:
        asked_after_s = file.begun_s - told_s.get(_path(file), file.begun_s)
        yield Way(mark, file.ended_s - post.begun_s, file.ended_s - post.begun_s - asked_after_s)


def _of_texts(exchanges: list[Exchange], posts: list[Exchange]) -> Iterator[Way]:
    """Pair each frame with the message of its result: in order, where the handler is quicker than the ticks."""
    results: dict[str, list[float]] = {}
    for at_s, data in _events(exchanges):
        for what, event_id in _RESULT.findall(data):
            if what != b"process_completed" or _FRESH.search(data):
                results.setdefault(event_id.decode(), []).append(at_s)
    for event_id, times_s in results.items():
        sent = [post for post in posts if post.status < 400 and post.path.endswith(f"/stream/{event_id}")]
        for post, at_s in zip(sent, times_s[1:], strict=False):  # the first result is the join's
            yield Way(None, at_s - post.begun_s, at_s - post.begun_s)


def _events(exchanges: list[Exchange]) -> Iterator[tuple[float, bytes]]:
    for one in exchanges:
        yield from one.said if _kind(one) == "events" else ()


def _path(file: Exchange) -> str:
    return unquote(file.path.partition("/file=")[2])


def _early(exchanges: list[Exchange], posts: list[Exchange]) -> int:
    """Count the POSTs to a stream before its start, or well after its end, had been told."""
    told: dict[tuple[str, str], float] = {}
    for at_s, data in _events(exchanges):
        for what, event_id in _EVENT.findall(data):
            told.setdefault((what.decode(), event_id.decode()), at_s)
    early = 0
    for post in posts:
        found = _STREAM.search(post.path)
        if found is not None:
            started_s = told.get(("process_starts", found[1]), float("inf"))
            ended_s = told.get(("process_completed", found[1]), float("inf"))
            early += not started_s <= post.begun_s <= ended_s + _NOTICE_S
    return early


def _headers(exchanges: list[Exchange]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in exchanges:
        if kind := _kind(one):
            values = {name: one.headers[name].split(";")[0] for name in COMPARED_HEADERS if name in one.headers}
            found.setdefault(kind, {name: _plain(value) for name, value in values.items()})
    return found


def _plain(value: str) -> str:
    """Leave out what differs from run to run: the app's port."""
    return re.sub(r"127\.0\.0\.1:\d+", "APP", value)
