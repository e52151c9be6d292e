"""The server of known truth: Gradio's streaming routes over scripted handlers, and the records of all that happened."""

import asyncio
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import isnan
from urllib.parse import parse_qs

import orjson
import pybase64

from bench.truth.connection import Connection, Request
from bench.truth.handler import Handler
from bench.truth.line import Event, Line
from bench.truth.page import API_PREFIX, INDEX, config, info
from bench.truth.records import EventRecord, Post, Records
from bench.truth.script import Script
from bench.truth.session import Session

HEARTBEAT_S = 15.0
LAG_PROBE_S = 0.02
_PICTURE = b"data:image/jpeg;base64,"
_NO_PICTURE = b"this is no picture"
_FILE = "/truth/"

Route = Callable[[Connection, Request, str], None]


class Server:
    """Answers every connection; `records` grows until `report` takes it."""

    def __init__(self, scripts: tuple[Script, ...]) -> None:
        self.records = Records()
        self._scripts = scripts
        self._root = ""
        self._handlers = [Handler(script, self._address, self._forget) for script in scripts]
        self._lines = [Line(script, handler.serve) for script, handler in zip(scripts, self._handlers, strict=True)]
        self._sessions: dict[str, Session] = {}
        self._events: dict[str, Event] = {}
        self._over: dict[str, Event] = {}  # ended: their POSTs come too late
        self._uploads: dict[str, bytes] = {}
        self._counts = {name: [0] * len(scripts) for name in ("join", "stream")}
        self._alive: set[Connection] = set()
        self._cpu_s = time.process_time()
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "queue"): self._listen,
            ("GET", "heartbeat"): self._heartbeat,
            ("POST", "queue"): self._join,
            ("POST", "stream"): self._stream,
            ("POST", "upload"): self._upload,
        }

    async def start(self) -> int:
        """Listen on a free port of the loopback and return it; keep the chores going until cancelled."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self.route), "127.0.0.1", 0, backlog=1024)
        port = int(server.sockets[0].getsockname()[1])
        self._root = f"http://127.0.0.1:{port}"
        self._probe(loop.time())
        loop.call_later(HEARTBEAT_S, self._beat)
        return port

    def report(self) -> Records:
        """Hand over what was recorded since the last report, and begin anew."""
        records, self.records = self.records, Records()
        records.cpu_s = time.process_time() - self._cpu_s
        self._over.clear()
        self._uploads.clear()
        return records

    def resume(self) -> None:
        """Count no more of this process's CPU up to now as the server's: marks were read in it."""
        self._cpu_s = time.process_time()

    def route(self, connection: Connection, request: Request) -> None:
        """Answer one request."""
        path = request.path
        if path in {"/config", "/config/"}:
            connection.answer_json(200, {**config(self._scripts), "root": self._root})
        elif path == "/":
            connection.answer(200, INDEX, "text/html")
        elif path.startswith(f"{API_PREFIX}/file="):
            self._file(connection, request, path.partition("file=")[2])
        elif path == f"{API_PREFIX}/info":
            connection.answer_json(200, info(self._scripts))
        elif path.startswith(f"{API_PREFIX}/"):
            room, _, rest = path[len(API_PREFIX) + 1 :].partition("/")
            self._routes.get((request.method, room), _not_found)(connection, request, rest)
        else:
            _not_found(connection, request, "")

    # A viewer's routes ----------------------------------------------------------------------------------------

    def _join(self, connection: Connection, request: Request, _rest: str) -> None:
        body = orjson.loads(request.body)
        endpoint, session_hash = int(body["fn_index"]), str(body["session_hash"])
        event_id = uuid.uuid4().hex
        post = self._post(endpoint, event_id, request, join=True)
        if self._strikes("join", endpoint, self._scripts[endpoint].refuse_every):
            post.status, post.event_id = 503, ""
            connection.answer_json(503, {"detail": "Queue is full. Max size is 1 and size is 1."})
            return
        session = self._sessions.setdefault(session_hash, Session())
        session.pending.add(event_id)
        record = EventRecord(event_id, endpoint, session_hash, request.received_s)
        self.records.events.append(record)
        event = self._events[event_id] = Event(record, session, post)
        self._lines[endpoint].join(event)
        post.status = 200
        connection.answer_json(200, {"event_id": event_id})

    def _listen(self, connection: Connection, request: Request, _rest: str) -> None:
        session_hash = parse_qs(request.query).get("session_hash", [""])[0]
        session = self._sessions.get(session_hash)
        if session is None:
            connection.begin_events()
            connection.event(b'{"msg":"unexpected_error","event_id":null,"message":"404: ","session_not_found":true}')
            connection.end_events()
            return
        session.listen(connection, partial(self._left, session, session_hash))

    def _stream(self, connection: Connection, request: Request, rest: str) -> None:
        event_id, _, action = rest.partition("/")
        event = self._events.get(event_id)
        if action == "close":
            self._close(connection, request, event)
            return
        known = event or self._over.get(event_id)
        if known is None:
            connection.answer(404, b"")
            return
        post = self._post(known.record.endpoint, event_id, request, join=False)
        script = self._scripts[post.endpoint]
        post.status = 200
        if event is None:
            post.late, post.status = True, script.after_end_status
        elif self._strikes("stream", post.endpoint, script.reject_every):
            post.status = 429
        else:
            post.early = not event.calls
            event.put(post)
        if post.status == 404:
            connection.answer(404, b"")
        else:
            connection.answer_json(post.status, {"msg": "success"} if post.status == 200 else {"detail": "scripted"})

    def _close(self, connection: Connection, request: Request, event: Event | None) -> None:
        if event is None:
            connection.answer(404, b"")
            return
        event.record.closed_s = request.received_s
        event.close()
        connection.answer_json(200, {"msg": "success"})

    def _heartbeat(self, connection: Connection, _request: Request, session_hash: str) -> None:
        connection.begin_events()
        connection.event(b"ALIVE")
        self._alive.add(connection)
        connection.on_lost = partial(self._vanished, connection, session_hash)

    def _upload(self, connection: Connection, request: Request, _rest: str) -> None:
        start = request.body.find(b"\r\n\r\n") + 4
        boundary = request.body[: request.body.find(b"\r\n")]
        path = f"/truth/uploads/{uuid.uuid4().hex}/audio.wav"
        self._uploads[path] = request.body[start : request.body.rfind(b"\r\n" + boundary)]
        connection.answer_json(200, [path])

    def _file(self, connection: Connection, request: Request, path: str) -> None:
        number = path.removeprefix(_FILE).partition(".")[0]
        posts = self.records.posts
        if not number.isdigit() or int(number) >= len(posts) or posts[int(number)].lost:
            connection.answer_json(404, {"detail": "File not found"})
            return
        post = posts[int(number)]
        if isnan(post.asked_s):
            post.asked_s = request.received_s
        delay_s = self._scripts[post.endpoint].file_delay_s
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._serve_file, connection, post)
        else:
            self._serve_file(connection, post)

    def _serve_file(self, connection: Connection, post: Post) -> None:
        content = self.records.posts[post.shows].media if post.shows >= 0 else _NO_PICTURE
        kind = "image/jpeg" if self._scripts[post.endpoint].kind == "camera" else "audio/wav"
        if connection.open:
            written = connection.answer(200, content, kind)
            if isnan(post.served_s):
                post.serving_s, post.served_s = written

    # What goes on behind them -----------------------------------------------------------------------------------

    def _post(self, endpoint: int, event_id: str, request: Request, *, join: bool) -> Post:
        post = Post(len(self.records.posts), endpoint, event_id, join, request.received_s)
        post.media = self._media(self._scripts[endpoint], request.body)
        self.records.posts.append(post)
        return post

    def _media(self, script: Script, body: bytes) -> bytes:
        if script.kind == "camera":
            start = body.find(_PICTURE) + len(_PICTURE)
            return pybase64.b64decode(body[start : body.find(b'"', start)])
        return self._uploads.get(orjson.loads(body)["data"][0]["path"], b"")

    def _strikes(self, what: str, endpoint: int, every: int) -> bool:
        """Count the endpoint's joins or POSTs, and tell whether this one is struck."""
        self._counts[what][endpoint] += 1
        return every > 0 and self._counts[what][endpoint] % every == 0

    def _address(self, post: Post) -> str:
        ending = "jpg" if self._scripts[post.endpoint].kind == "camera" else "wav"
        return f"{self._root}{API_PREFIX}/file={_FILE}{post.number}.{ending}"

    def _forget(self, event: Event) -> None:
        """Take note that an event is over."""
        event_id = event.record.event_id
        self._events.pop(event_id, None)
        self._over[event_id] = event
        if not event.alive:
            event.session.pending.discard(event_id)

    def _left(self, session: Session, session_hash: str) -> None:
        """A viewer's event connection broke off: what waits is taken out, what streams is not told any more."""
        session.hang_up()
        for event in [event for event in self._events.values() if event.session is session]:
            self._lines[event.record.endpoint].leave(event)
            if not event.started_s:
                event.record.how = "left"
                self._forget(event)
        self._sessions.pop(session_hash, None)

    def _vanished(self, connection: Connection, session_hash: str) -> None:
        """A viewer's heartbeat broke off: its streams are closed."""
        self._alive.discard(connection)
        session = self._sessions.get(session_hash)
        for event in [event for event in self._events.values() if event.session is session]:
            event.close()

    def _beat(self) -> None:
        for session in self._sessions.values():
            session.heartbeat()
        for connection in self._alive:
            connection.event(b"ALIVE")
        asyncio.get_running_loop().call_later(HEARTBEAT_S, self._beat)

    def _probe(self, due_s: float) -> None:
        """Measure how late this loop wakes."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        self.records.lag_s.append((due_s, now_s - due_s))
        loop.call_at(now_s + LAG_PROBE_S, self._probe, now_s + LAG_PROBE_S)


def _not_found(connection: Connection, _request: Request, _rest: str) -> None:
    with suppress(OSError):
        connection.answer_json(404, {"detail": "Not Found"})
