"""The row types: what became of a frame, of a stream and of a viewer."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.void]


class Fate(IntEnum):
    """What became of a frame: exactly one of these."""

    DELIVERED = 0
    SKIPPED = 1
    REJECTED = 2
    OVERWRITTEN = 3
    CUT_OFF = 4
    FAILED = 5
    IN_FLIGHT = 6
    UNATTRIBUTED = 7


class Outcome(IntEnum):
    """How a stream ended."""

    COMPLETED = 0  # the server ended it: time_limit, or an idle cut
    CLOSED = 1  # the viewer closed it, or left
    FAILED = 2  # the handler raised
    REJECTED = 3  # the join was answered with an error: no stream came of it
    BROKEN = 4  # the connection broke
    UNFINISHED = 5  # the run ended first


JOIN, CERTAIN, SHOWN = 1, 2, 4
"""Bits of a frame's `flags`: it rode in a join · its fate is known to be this frame's own · its picture was shown."""

FRAME = np.dtype(
    [
        ("endpoint", "u2"),  # index into meta["endpoints"]
        ("viewer", "u4"),
        ("stream", "i4"),  # ordinal among the viewer's streams, -1 outside any
        ("frame", "u4"),  # ordinal among the viewer's ticks: tick_s = start + frame * stream_every
        ("earliest", "u4"),  # bounded attribution: the result belongs to one of frames earliest..latest;
        ("latest", "u4"),  # both equal `frame` where attribution is exact
        ("fate", "u1"),
        ("flags", "u1"),
        ("status", "u2"),  # HTTP status of the POST (or join), 0 when none came
        ("bytes_sent", "u4"),  # body of the POST
        ("bytes_received", "u4"),  # body of the output file, or of the SSE message where there is no file
        ("tick_s", "f8"),  # when the frame was due
        ("sending_s", "f8"),  # when sending began
        ("sent_s", "f8"),  # when the last byte of the POST was written
        ("accepted_s", "f8"),  # when the POST's answer was here
        ("result_s", "f8"),  # when the SSE message with the result was here
        ("shown_s", "f8"),  # when the output file's bytes were here
        ("sound_s", "f4"),  # seconds of sound in a microphone's chunk, 0 for a picture
    ]
)

STREAM = np.dtype(
    [
        ("endpoint", "u2"),
        ("viewer", "u4"),
        ("stream", "i4"),
        ("outcome", "u1"),
        ("joined_s", "f8"),  # when the join POST was written
        ("open_s", "f8"),  # process_starts
        ("ended_s", "f8"),  # process_completed, or the loss of the connection
        ("eta_s", "f8"),  # Gradio's first rank_eta, NaN when it gave none
        ("rank", "i4"),  # place in the queue at the first estimation, -1 when none came
        ("queue_size", "i4"),
        ("results", "u4"),  # fresh results, read or not
        ("duplicated", "u4"),  # results that repeated a frame already delivered
        ("out_of_order", "u4"),  # results older than one before them
        ("cross_talk", "u4"),  # results that showed another viewer's frame
        ("state_errors", "u4"),  # another viewer's words in this one's transcript
        ("damaged", "u4"),  # stretches of a transcript that are no word
        ("lost_updates", "u4"),  # times a transcript went back to an older state
        ("event_id", "S32"),
    ]
)

VIEWER = np.dtype(
    [
        ("endpoint", "u2"),
        ("viewer", "u4"),
        ("started_s", "f8"),  # the camera's tick zero
        ("stopped_s", "f8"),  # NaN in the row written at the start; the row written at the end wins
    ]
)
