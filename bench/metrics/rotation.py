"""Rotation: how long viewers waited for a turn, how long a turn was, and how fairly turns were shared."""

import numpy as np

from bench.ledger import Outcome, Rows
from bench.metrics.distribution import Distribution, Floats
from bench.metrics.endpoint import Concurrency, Rotation
from bench.metrics.rows import EndpointRows, Recordings
from bench.metrics.shared import Demand
from bench.metrics.spans import Spans, lane_seconds, most_at_once
from bench.queueing import Share, granted_s, rejoin_s

HANDOVER_S = 0.020  # two processes see one handover some milliseconds apart; shorter overlaps are discarded


def queue_waits(rows: EndpointRows) -> Floats:
    """Seconds from join to open, of the waits that began inside the window and ended inside it.

    A wait that lasted beyond the end is censored: how long it would have been is not known, and when viewers leave at
    the end, the last ones in the queue are let in early. `waiting_at_end` counts those.
    """
    streams = ended_waits(rows)
    waits: Floats = streams["open_s"] - streams["joined_s"]
    return waits


def ended_waits(rows: EndpointRows) -> Rows:
    """Select the streams of those waits."""
    streams = rows.streams[rows.window.holds(rows.streams["joined_s"])]
    ended: Rows = streams[streams["open_s"] <= rows.window.end_s]
    return ended


def eta_errors(rows: EndpointRows) -> Floats:
    """Gradio's first ETA less the wait that came, in seconds, of the same waits; NaN where none was given."""
    streams = ended_waits(rows)
    errors: Floats = streams["eta_s"] - (streams["open_s"] - streams["joined_s"])
    return errors


def waits_at_end(rows: EndpointRows) -> Floats:
    """How long the waits still going on at the window's end had lasted by then."""
    streams, end_s = rows.streams, rows.window.end_s
    joined = (streams["joined_s"] < end_s) & (streams["outcome"] != Outcome.REJECTED)
    unopened = np.isnan(streams["open_s"]) & ~(streams["ended_s"] < end_s)
    waits: Floats = end_s - streams["joined_s"][joined & (unopened | (streams["open_s"] > end_s))]
    return waits


def rotation(rows: EndpointRows) -> Rotation:
    """Work out how viewers took turns; `predicted_wait_s` depends on other endpoints too, and is left open.

    - granted: open → ended, of the turns that the server completed inside the window.
    - rejoin gap: the end of a stream inside the window → the viewer's next open, where that came inside it too.
    - duty cycle: open seconds / recording seconds. Fairness: Jain's index over viewers' open seconds, those who never
      had a turn included (R. Jain et al., DEC-TR-301, 1984): 1 is equal, 1/n is one viewer having it all.
      Neither is known where rows of streams are lost.
    - worst wait: the longest, one still going on counted with what it had lasted by the end.
    """
    open_s = lane_seconds(_recorded(rows.open_spans(), rows.recordings), rows.recordings.viewer.size)
    recorded_s = float(rows.recordings.length_s.sum())
    waiting, lost = waits_at_end(rows), rows.streams_lost
    waits = np.concatenate([queue_waits(rows), waiting])
    return Rotation(
        granted_s=Distribution.of(turn_lengths(rows)),
        rejoin_gap_s=Distribution.of(rejoin_gaps(rows)[1]),
        duty_cycle=float(open_s.sum()) / recorded_s if recorded_s and not lost else None,
        fairness_jain=None if lost else _jain(open_s[rows.recordings.length_s > 0]),
        worst_wait_s=float(waits.max()) if waits.size else None,
        predicted_wait_s=None,
        waiting_at_end=int(waiting.size),
    )


def _recorded(spans: Spans, recordings: Recordings) -> Spans:
    """Cut spans to what their viewers recorded: a stream can outlive the viewer who left it open."""
    begin = np.maximum(spans.begin_s, recordings.begin_s[spans.lane])
    end = np.maximum(begin, np.minimum(spans.end_s, recordings.end_s[spans.lane]))
    return Spans(spans.lane, begin, end)


def completed_turns(rows: EndpointRows) -> Rows:
    """Select the streams that were open and that the server completed inside the window."""
    completed = rows.streams[rows.streams["outcome"] == Outcome.COMPLETED]
    completed = completed[rows.window.holds(completed["ended_s"])]
    opened: Rows = completed[~np.isnan(completed["open_s"])]
    return opened


def turn_lengths(rows: EndpointRows) -> Floats:
    """How long each of those was open, in seconds."""
    ended = completed_turns(rows)
    lengths: Floats = ended["ended_s"] - ended["open_s"]
    return lengths


def rejoin_gaps(rows: EndpointRows) -> tuple[Floats, Floats]:
    """When each turn ended that another followed inside the window, and the gap between the two: both of shape (n,)."""
    opened = rows.streams[~np.isnan(rows.streams["open_s"])]
    gaps: Floats = opened["open_s"][1:] - opened["ended_s"][:-1]
    same = opened["viewer"][1:] == opened["viewer"][:-1]
    known = same & rows.window.holds(opened["ended_s"][:-1]) & rows.window.holds(opened["open_s"][1:])
    return opened["ended_s"][:-1][known], gaps[known]


def _jain(shares: Floats) -> float | None:
    squares = float((shares * shares).sum()) * shares.size
    return float(shares.sum()) ** 2 / squares if squares else None


def demand(rows: EndpointRows, call_s: float) -> Demand:
    """Say what its viewers want of the slots, by the turns measured (or predicted, before the first one ended)."""
    limit_s, every_s = rows.settings.get("time_limit_s"), rows.settings.get("stream_every_s")
    viewers, turn = rows.recordings.present, None
    if limit_s is not None and every_s is not None:
        turns = turn_lengths(rows)
        turn_s = float(turns.mean()) if turns.size else granted_s(limit_s, every_s, call_s)
        turn = Share(viewers, turn_s, rejoin_s(every_s, call_s))
    return Demand(viewers, rows.settings.get("effective_limit"), rows.settings.get("concurrency_id"), turn)


def concurrency(rows: EndpointRows) -> Concurrency:
    """Count streams open at once. Each is shortened by 20 ms for the peak, which discards overlaps under 20 ms.

    Nothing is known where rows of streams are lost, nor where viewers sat on machines with a clock each.
    """
    if rows.streams_lost or not rows.one_clock:
        return Concurrency(peak_active=None, mean_active=None, slot_use=None)
    spans, firm = rows.open_spans(), rows.open_spans(HANDOVER_S)
    length_s = rows.window.length_s
    mean = float(spans.length_s.sum()) / length_s if length_s else None
    limit = rows.settings.get("effective_limit")
    return Concurrency(
        peak_active=most_at_once(firm.begin_s, firm.end_s) if rows.recordings.present else None,
        mean_active=mean,
        slot_use=mean / limit if mean is not None and limit else None,
    )
