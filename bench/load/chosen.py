"""Which of the users that Locust found take part in a run."""

import logging
from typing import Any

from bench.errors import UsageError

logger = logging.getLogger("gradio-bench")


def choose_users(environment: Any, api_names: set[str]) -> None:
    """Keep the users that fit the app, and say which do not; optional ones only when named, or when none other fits.

    The dispatcher is built from this list when a test starts. Raises UsageError where none fits.
    """
    named = set(environment.parsed_options.user_classes or ())
    streaming = [user for user in environment.user_classes if hasattr(user, "fits")]
    others = [user for user in environment.user_classes if not hasattr(user, "fits")]
    fitting = [user for user in streaming if user.fits(api_names)]
    wanted = [user for user in fitting if not user.optional or user.__name__ in named]
    chosen = wanted or [user for user in fitting if user.api_name is None][:1]
    left_out = [user.__name__ for user in streaming if user not in fitting]
    if left_out:
        logger.info("Left out, for the app has no page for them: %s.", ", ".join(left_out))
    if not chosen and not others:
        has = ", ".join(sorted(api_names))
        raise UsageError(f"No user of these scenarios fits the app, which has: {has}.", "Name -f scenarios/ whole.")
    environment.user_classes = [*chosen, *others]
    logger.info("Viewers: %s.", ", ".join(user.__name__ for user in environment.user_classes))
