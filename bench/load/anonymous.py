"""Keeps the machine's name out of what a run leaves behind."""

from types import SimpleNamespace

import locust.log
import locust.runners

NAME = "locust"


def hide_machine_name() -> None:
    """Let Locust call this machine "locust": its log and its workers' ids would carry the real name.

    To be called before Locust sets up its log, as while a locustfile is imported.
    """
    locust.log.HOSTNAME = NAME
    setattr(locust.runners, "socket", SimpleNamespace(gethostname=lambda: NAME))  # noqa: B010 - not exported, say its types
