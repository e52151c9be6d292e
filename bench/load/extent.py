"""How much load a run makes where nobody said."""

import os
from typing import Any

from bench.load.notices import notice
from bench.load.orders import ORDERED
from bench.load.pipe import piped
from bench.load.session import Session
from bench.words import plural

LEAST_VIEWERS = 4
"""Viewers of an app of one's own when nobody says how many: enough to see them wait for each other."""


def choose_viewers(options: Any, current: Session) -> None:
    """Choose how many viewers a `gradio-bench run` without --viewers has, and say so.

    One for each endpoint, of an app of one's own at least LEAST_VIEWERS.
    """
    if options.num_users is not None or not piped():
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
