"""The rotation law: how long viewers wait for their next turn when more of them come than an app has slots.

docs/queueing.md derives it and compares it with what real Gradio did.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """The viewers of one endpoint among several that share slots: how many, their turn, their way back (seconds)."""

    viewers: int
    granted_s: float
    rejoin_s: float


def rotation_wait_s(viewers: int, slots: int, granted_s: float, rejoin_s: float) -> float:
    """Predict the settled mean wait in the queue, in seconds: (N/c − 1) × g − r, and never below 0.

    N viewers share c slots. Each turn is granted g seconds, then the viewer is sent away and joins again, at the end of
    the queue, r seconds later. While somebody waits every slot is taken, so in a time T the slots hand out c × T
    seconds, which must be one turn of g for each of the N viewers: T = N × g / c. For one viewer that time passes as
    wait, turn and way back to the queue, T = w + g + r, hence w = N × g / c − g − r. Below 0 nobody ever waits, and
    slots stand idle while viewers are on their way back.

    It is a law of the mean, whatever order the turns come in. Where N is a multiple of c each wait is like the last;
    where it is not, a viewer's waits alternate, with the slots' ends, around that mean.

    Measured on Gradio 6.31: N = 6, c = 2, g = 4.19 s, ticks of 0.2 s gave waits of 8.13 to 8.17 s; the law says 8.18.
    """
    return max(0.0, (viewers / slots - 1) * granted_s - rejoin_s)


def shared_wait_s(shares: Sequence[Share], slots: int) -> float:
    """Predict the settled mean wait where endpoints with turns of different lengths share one queue, in seconds.

    Endpoints of one `concurrency_id` wait in one line, first come, first served, so all wait the same w. A viewer of
    endpoint i holds a slot for g_i out of every w + g_i + r_i seconds, and while somebody waits all slots are held:
    Σ N_i × g_i / (w + g_i + r_i) = c. The left side falls as w grows: the root is found by halving, to a microsecond.
    With one endpoint, or turns of one length, it is `rotation_wait_s`.
    """

    def held(wait_s: float) -> float:
        return sum(one.viewers * one.granted_s / (wait_s + one.granted_s + one.rejoin_s) for one in shares)

    if held(0.0) <= slots:
        return 0.0
    low_s, high_s = 0.0, sum(one.viewers * one.granted_s for one in shares) / slots
    while high_s - low_s > 1e-6:
        middle_s = (low_s + high_s) / 2
        low_s, high_s = (middle_s, high_s) if held(middle_s) > slots else (low_s, middle_s)
    return high_s


def rejoin_s(stream_every_s: float, call_s: float = 0.0) -> float:
    """Predict the mean time from a stream's end to the tick that joins again, in seconds.

    A camera keeps ticking; the first tick after the end joins. The server looks at its clock only when it has processed
    a frame, so a stream ends `call_s` (a frame's way there and through the handler) after a tick, and the next one is
    stream_every − call_s away. Where a call takes a tick or longer, frames wait for the handler and the end falls
    anywhere between two ticks: half a tick on average.
    """
    return stream_every_s - call_s if call_s < stream_every_s else stream_every_s / 2


def granted_s(time_limit_s: float, stream_every_s: float, call_s: float = 0.0) -> float:
    """Predict the mean length of a turn, in seconds: the limit, and what is missing to the next result.

    Gradio adds up, for each frame, the time from the result before it to its own (`run_time += end − start` in its
    queueing.py, with `start` taken before the wait for the next frame): the wall clock of the open stream. It compares
    the sum with `time_limit` only when a frame has been processed.

    Where the handler is faster than the camera, results come a tick apart and the limit falls anywhere between two: a
    turn exceeds it by 0 to 1 tick, half of one on average. Where all cameras tick together and the limit is a whole
    number of ticks, a result falls just short of the limit each time, and every turn takes a whole tick more: 4 s,
    ticks of 0.2 s, granted 4.18 to 4.21 s. Where it is slower (`call_s`), it works without a pause, and a turn is the
    least number of calls that fills the limit; if calls differ, half a call more than the limit on average.
    """
    if call_s < stream_every_s:
        return time_limit_s + stream_every_s / 2
    return math.ceil(time_limit_s / call_s - 1e-9) * call_s
