"""What a server does: it refuses, answers nonsense, dies, comes back as another."""

from bench.faults.case import Case, harmless, overcome
from bench.faults.fault import Fault

_MISTYPED = (
    '{"msg":"process_streaming","event_id":["x"],"output":{"data":7}}',
    '{"msg":"estimation","event_id":"x","rank":1e400,"queue_size":99999999999999999999}',
    '{"msg":["process_completed"],"event_id":null,"output":"done"}',
    "[1,2,3]",
    "{",
)


def _joins_answered(status: int) -> Case:
    return overcome(
        f"{status} for joins",
        f"for two seconds every join is answered {status}",
        (Fault("status", "/queue/join", until_s=2, status=status, text='{"detail":"scripted"}'),),
        says=(f"HTTP {status}: scripted",),
        fates=("rejected", "delivered"),
        quick=status == 503,
    )


def _frames_answered(status: int) -> Case:
    return overcome(
        f"{status} for frames",
        f"each fourth frame is answered {status}",
        (Fault("status", "/stream/", every=4, status=status, text="{}"),),
        says=(f"HTTP {status}",),
        fates=("rejected", "delivered"),
    )


def _says(text: str) -> tuple[Fault]:
    """Put a message of the server's own among the events."""
    return (Fault("say", "/queue/data", after=6, text=f"data: {text}"),)


def _mistyped(number: int, text: str) -> Case:
    return overcome(
        f"mistyped messages {number}",
        f"every event stream holds `{text[:44]}`",
        _says(text),
        says=("malformed message",),
        quick=number == 1,
    )


_MESSAGES = (
    overcome(
        "malformed messages",
        "every event stream holds a message that is no JSON",
        _says("{no json"),
        says=("malformed message",),
    ),
    *(_mistyped(number, text) for number, text in enumerate(_MISTYPED, 1)),
    harmless(
        "unknown kinds of messages",
        "every event stream holds a kind of message that is not known",
        _says('{"msg":"brand_new","event_id":"x"}'),
    ),
    overcome(
        "gigantic messages",
        "each viewer's first event stream holds one message without an end",
        (Fault("endless", "/queue/data", until_s=0.3),),
        options=("--duration", "10s"),
        says=("a message grew beyond 64 MB",),
    ),
)

_FILES = (
    overcome(
        "files not found",
        "each third picture is answered 404",
        (Fault("status", "/file=", every=3, status=404, text="{}"),),
        says=("output file", "HTTP 404"),
    ),
    overcome(
        "files without an end",
        "each twentieth picture never ends",
        (Fault("endless", "/file=", every=20),),
        says=("output file", "larger than 64 MB"),
    ),
    overcome(
        "files that are no pictures",
        "each fourth picture is a line of text",  # in turn from each of three viewers: each third might be one viewer's
        (Fault("status", "/file=", every=4, status=200, text="this is no picture"),),
        says=("could not be read",),
        fates=("unattributed", "delivered"),
    ),
    overcome(
        "files sent elsewhere",
        "each third picture is redirected to another server, which is not asked",
        (Fault("status", "/file=", every=3, status=302),),
        says=("output file", "HTTP 302"),
    ),
)

_LIVES = (
    overcome(
        "killed and restarted",
        "the server is killed, and another one is up in its place 1.5 s later",
        act="restart the server",
        says=("Connection reset",),
        fates=("failed", "delivered"),
        quick=True,
    ),
    Case(
        "killed for good",
        "the server is killed and stays away",
        act="kill the server",
        exit_code=4,
        says=("Connection reset", "stopped answering"),
        fates=("failed", "delivered"),
    ),
    harmless(
        "config that changes between runs",
        "the app at the address is replaced by one with another time_limit: the next run finds out",
        act="change the config",
        settings={"time_limit_s": 2.0},
    ),
)

SERVER = (
    *map(_joins_answered, (429, 500, 502, 503)),
    *map(_frames_answered, (429, 500)),
    *_MESSAGES,
    *_FILES,
    *_LIVES,
)
