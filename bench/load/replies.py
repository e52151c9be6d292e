"""What the server's answers to a viewer's POSTs say."""

import re

import orjson

from bench.wire.transport import Reply

_EVENT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""What can stand in a path as it is. Gradio's are 32 hexadecimal digits."""


def event_id_of(reply: Reply) -> str:
    """Read the event id out of a join's answer; empty where there is none."""
    try:
        event_id = orjson.loads(reply.body)["event_id"] if reply.status == 200 else ""
    except (ValueError, KeyError, TypeError):
        return ""
    return event_id if isinstance(event_id, str) and _EVENT_ID.fullmatch(event_id) else ""


def refusal(reply: Reply) -> str:
    """Say in words why a POST was refused: Gradio answers {"detail": …}."""
    try:
        detail = orjson.loads(reply.body)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = reply.body[:120].decode("utf-8", "replace")
    return f"HTTP {reply.status}: {detail}" if detail else f"HTTP {reply.status}"
