"""How much load a run makes where nobody said, and the yes it takes to load an app that is elsewhere."""

import os
import sys
from typing import Any

from bench.errors import UsageError
from bench.load.notices import notice
from bench.load.orders import ORDERED
from bench.load.session import Session
from bench.wire.app import is_loopback
from bench.words import plural

LEAST_VIEWERS = 4
"""Viewers of an app of one's own when nobody says how many: enough to see them wait for each other."""


def choose_viewers(options: Any, current: Session) -> None:
    """Choose how many viewers a `gradio-bench run` without --viewers has, and say so.

    One for each endpoint, of an app of one's own at least LEAST_VIEWERS.
    """
    if options.num_users is not None or "GRADIO_BENCH_PROGRESS_FD" not in os.environ:
        return
    pages, media = len(current.app.endpoints), current.options.media
    if ORDERED in os.environ:  # who waits tells no two apps apart
        options.num_users = max(1, pages)
    elif current.options.target.kind == "reference":
        options.num_users = max(1, pages)
        size = f"{media.width}x{media.height}"
        notice(
            f"{plural(options.num_users, 'viewer')}, one for each page, with pictures of {size} on "
            f"{plural(os.cpu_count() or 1, 'core')}; --viewers and --resolution take others."
        )
    else:
        options.num_users = max(LEAST_VIEWERS, pages)
        notice(f"{plural(options.num_users, 'viewer')}, for nobody said how many; --viewers takes another number.")
    options.spawn_rate = options.num_users


def ask_before_loading(current: Session) -> None:
    """Get a yes before an app that is not on this machine is loaded; raises UsageError without one."""
    target = current.options.target
    if target.deployed or is_loopback(target.text) or current.options.yes:
        return
    length_s = current.options.duration_s
    how_long = f"for {length_s:.0f} s" if length_s else "until stopped"
    question = f"This sends {plural(current.options.viewers or 1, 'viewer')} to {target.text} {how_long}."
    if not sys.stdin.isatty():
        raise UsageError(f"{question} That app is not on this machine.", "Add --yes if you may load it.")
    if input(f"{question} May you load that app? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise UsageError("Nothing was loaded.", "Answer y, or add --yes, if you may load that app.")
