"""What the self-check puts the harness through: a script for every fate, and rungs of a ladder of frame rates."""

from bench.truth.script import HandlerTime, Script

FATES = (
    Script("constant", handler=HandlerTime(0.020)),
    Script("uneven", handler=HandlerTime(0.030, "lognormal", 0.6), seed=3),
    Script("slow", handler=HandlerTime(0.350, "uniform", 0.2)),
    Script("stalls", handler=HandlerTime(0.010), stall_every=9, stall_s=0.6),
    Script("drops", handler=HandlerTime(0.020), drop_every=4),
    Script("duplicates", handler=HandlerTime(0.020), duplicate_every=3),
    Script("cross-talk", handler=HandlerTime(0.020), cross_every=5),
    Script("unreadable", handler=HandlerTime(0.020), garble_every=4),
    Script("lost files", handler=HandlerTime(0.020), lose_every=4, file_delay_s=0.030),
    Script("rotation", handler=HandlerTime(0.040), time_limit_s=1.0, concurrency_limit=1),
    Script("errors", handler=HandlerTime(0.020), raise_at=4, stall_every=4, stall_s=0.230),
    Script("late POSTs", handler=HandlerTime(0.020), time_limit_s=1.0, tell_end_after_s=0.35),
    Script("late unsaid", handler=HandlerTime(0.02), time_limit_s=1.0, tell_end_after_s=0.35, after_end_status=200),
    Script("refused", handler=HandlerTime(0.020), time_limit_s=0.5, refuse_every=2, reject_every=7),
    Script("sound", kind="microphone", stream_every_s=0.25, handler=HandlerTime(0.020), time_limit_s=1.0),
)
"""One endpoint each, all in one run; every one is driven by the same number of viewers.

No script lets a handler end in the instant of a tick where counts hang on which was first. That is why the call that
raises is a long one which begins with the handler idle: had a frame crossed the result before it, nobody outside the
server could say whether it was taken up and raised on, or left over.
"""

LADDER = Script("rate", handler=HandlerTime(0.020))
"""Every frame answered after 20 ms, at ten a second for each viewer."""
