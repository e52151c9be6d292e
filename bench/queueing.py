"""The rotation law: how long viewers wait for their next turn when more of them come than an app has slots."""


def rotation_wait_s(viewers: int, slots: int, granted_s: float, rejoin_s: float) -> float:
    """Predict the settled wait in the queue, in seconds: (N/c − 1) × g − r, and never below 0.

    N viewers share c slots. Each turn is granted g seconds, then the viewer is sent away and joins again, at the end of
    the queue, r seconds later. While N > c every slot is always taken, so in a time T the slots hand out c × T seconds,
    which must be one turn of g for each of the N viewers: T = N × g / c. For one viewer that time passes as wait, turn
    and way back to the queue, T = w + g + r, hence w = N × g / c − g − r.

    Measured on Gradio 6.31: N = 6, c = 2, g = 4.19 s, ticks of 0.2 s gave waits of 8.13 to 8.17 s; the law says 8.18.
    """
    return max(0.0, (viewers / slots - 1) * granted_s - rejoin_s)


def rejoin_s(stream_every_s: float, call_s: float = 0.0) -> float:
    """Predict the time from a stream's end to the tick that joins again, in seconds: half to one `stream_every`.

    A camera keeps ticking; the first tick after the end joins. The server looks at its clock only when it has processed
    a frame, so a stream ends `call_s` (a frame's way there and through the handler) after a tick, and the next one is
    stream_every − call_s away. Once a call takes about a tick or longer, the end falls anywhere between two ticks: half
    a tick on average, which is the least this returns.
    """
    return max(stream_every_s / 2, stream_every_s - call_s)


def granted_s(time_limit_s: float, stream_every_s: float, call_s: float = 0.0) -> float:
    """Predict the length of a turn, in seconds: the limit, overshot by about a tick, or a call where that is longer.

    The server ends a stream at the first frame it has processed after `time_limit`. Measured on Gradio 6.31: a limit of
    4 s under ticks of 0.2 s granted 4.18 to 4.21 s each time.
    """
    return time_limit_s + max(stream_every_s, call_s)
