"""A run held against objectives while it goes on: ended when a check has failed for good."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.live.counts import Now
from bench.load.session import Session
from bench.slo import ABORTED, Slo, Watchdog, read_slo

logger = logging.getLogger("gradio-bench")


def read_objectives(parsed: Any, session: Session) -> Slo | None:
    """Read what the runs are held against, before anything starts; raises UsageError where it makes no sense."""
    if not parsed.slo:
        return None
    slo = read_slo(Path(parsed.slo))
    session.objectives = slo.text
    return slo


class Held:
    """Takes the counts of all processes at each look, and calls `end` on a hopeless run; one for all runs."""

    def __init__(self, session: Session, slo: Slo, end: Callable[[], Any]) -> None:
        self._session, self._slo, self._end = session, slo, end
        self._crowd: Any = None
        self._watchdog = Watchdog(slo, 0.0)

    def __call__(self, now: Now, elapsed_s: float) -> None:
        """End the run when it has become hopeless, and note why in its ledger."""
        crowd = self._session.crowd
        if crowd is None or crowd.over:
            return
        if crowd is not self._crowd:
            self._crowd, self._watchdog = crowd, Watchdog(self._slo, self._session.options.warmup_s)
        hopeless = self._watchdog.look(now, elapsed_s)
        if hopeless is not None:
            crowd.writer.note({"note": ABORTED, "at_s": time.monotonic(), "check": hopeless.check, "why": hopeless.why})
            logger.error("%s: %s", hopeless.check, hopeless.why)
            self._end()
