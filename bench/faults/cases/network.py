"""What connections do: they come late, thin, cut or not at all."""

from bench.faults.case import Case, harmless, overcome
from bench.faults.fault import Fault

NETWORK = (
    harmless("delay and jitter", "every answer comes 60 to 120 ms late", (Fault("slow", delay_s=0.06, jitter_s=0.06),)),
    harmless("thin link", "pictures come at 100 kB/s", (Fault("slow", "/file=", bytes_per_s=100e3),)),
    harmless(
        "reset before an answer",
        "each fifth frame's kept connection is reset before an answer: it is sent once more, as browsers do",
        (Fault("reset before", "/stream/", every=5),),
    ),
    overcome(
        "reset within an answer",
        "the connection is reset within the answer to each fifth frame",
        (Fault("reset within", "/stream/", every=5),),
        says=("stream POST", "Connection reset"),
        fates=("failed", "delivered"),
    ),
    harmless(
        "reset after an answer",
        "the connection is reset after the answer to each third frame",
        (Fault("reset after", "/stream/", every=3),),
    ),
    overcome(
        "reset joins",
        "for two seconds every join is reset",
        (Fault("reset before", "/queue/join", until_s=2),),
        says=("join", "Connection reset"),
        fates=("failed", "delivered"),
    ),
    Case(
        "hangs without closing",
        "from the second second on nothing that is asked is answered",
        (Fault("hang", from_s=2),),
        says=("had no result when the run ended",),
        fates=("in_flight", "delivered"),
    ),
    overcome(
        "events cut mid-message",
        "each viewer's first event stream ends within its seventh message",
        (Fault("cut", "/queue/data", until_s=0.5, after=7),),
        says=("event stream", "the connection closed within an answer"),
    ),
    harmless("events split at every byte", "each byte of the events comes by itself", (Fault("split", "/queue/data"),)),
)
