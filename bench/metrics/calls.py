"""Calls: how long an app takes for one frame, seen from outside."""

import numpy as np

from bench.ledger import Rows
from bench.metrics.distribution import Distribution
from bench.metrics.endpoint import Parts
from bench.metrics.rows import Index
from bench.metrics.window import Window


def result_gaps(frames: Rows, index: Index, window: Window) -> Distribution | None:
    """Distribute the times from one result to the next of the same stream, both inside the window.

    `index` selects one endpoint's frames.
    """
    index = index[window.holds(frames["result_s"][index])]
    result_s, stream, viewer = (frames[name][index] for name in ("result_s", "stream", "viewer"))
    order = np.lexsort((result_s, stream, viewer))
    stream, viewer = stream[order], viewer[order]
    same = (viewer[1:] == viewer[:-1]) & (stream[1:] == stream[:-1])
    return Distribution.of(np.diff(result_s[order])[same])


def call_s(gaps: Distribution | None, parts: Parts) -> float | None:
    """Tell how long one call takes, its way to the server included: the median, in seconds; None without results.

    A stream's frames are handled one after another, so results cannot come closer together than a call is long; nor can
    a frame be back sooner than that. Where the handler is slower than the camera, a frame waits in the stream's mailbox
    first and is back late, but the next one is always there: the gap between results is the call. Where it is faster,
    the gap is the camera's, but nothing waits: the way through is the call. So it is the less of the two.
    """
    send, serve = parts.send, parts.serve
    through_s = send.p50 + serve.p50 if send and serve else None
    return min((one for one in (gaps.p50 if gaps else None, through_s) if one is not None), default=None)
