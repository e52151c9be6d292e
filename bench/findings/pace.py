"""Findings about pace: a camera or a microphone that is faster than the app behind it."""

import math

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.words import duration, setting, share

LOST_SHARE = 0.02  # of what was sent: less is a hiccup
LOST_LEAST = 5  # frames
SLOW_S = 0.200  # from about here on a picture is seen to lag behind a hand that moves
BUSY_CORES = 0.9  # Python's own code has one core, whatever the machine has


def fitting_every_s(call_s: float) -> float:
    """Round the time a frame takes up to a stream_every a person would write, with a tenth to spare."""
    wanted_s = call_s * 1.1
    step_s = 0.01 if wanted_s < 0.1 else 0.05 if wanted_s < 1 else 0.5
    return round(math.ceil(wanted_s / step_s - 1e-9) * step_s, 2)


def overwritten(case: Case) -> Finding | None:
    """Frames replaced by newer ones because the app is slower than the camera."""
    frames, every_s = case.endpoint.frames, case.endpoint.settings.stream_every_s
    reached = frames.delivered + frames.unattributed + frames.overwritten + frames.cut_off
    lost = frames.overwritten
    if case.endpoint.sound is not None or lost < LOST_LEAST or lost < LOST_SHARE * reached:
        return None
    if case.call_s is None or not every_s:
        return None
    fit_s = max(fitting_every_s(case.call_s.p90), every_s)
    app = f"The app takes {duration(case.call_s.p50)} for a frame, and the camera makes one every {setting(every_s)}"
    if case.call_s.p50 <= every_s * 1.02:
        app += f"; but one in ten takes {duration(case.call_s.p90)} or more"
    return found(
        "overwritten",
        "warning",
        f"{app}: {share(lost, reached)} of the frames it accepted were replaced by newer ones before it took them.",
        f"{case.recorder}.stream(..., stream_every={fit_s:g})",
        overwritten=lost,
        accepted=reached,
        app_s=case.call_s.p50,
        app_p90_s=case.call_s.p90,
        stream_every_s=every_s,
        fitting_stream_every_s=fit_s,
    )


def lost_sound(case: Case) -> Finding | None:
    """Sound that the server accepted and the app never heard."""
    sound, every_s = case.endpoint.sound, case.endpoint.settings.stream_every_s
    if sound is None or sound.lost_s < max(LOST_SHARE * sound.sent_s, every_s or 0.0):
        return None
    fit_s = max(fitting_every_s(case.call_s.p90), every_s or 0.0) if case.call_s else (every_s or 1.0) * 2
    gap = f"; the longest gap is {duration(sound.gaps.longest_s)}" if sound.gaps.longest_s else ""
    takes = ""
    if case.call_s and every_s:
        takes = f", which takes {duration(case.call_s.p50)} for a chunk of {setting(every_s)},"
    part = share(sound.lost_s, sound.sent_s)
    return found(
        "lost_sound",
        "warning",
        f"The app{takes} never heard {duration(sound.lost_s)} ({part}) of the sound it was sent{gap}.",
        f"{case.recorder}.stream(..., stream_every={fit_s:g})",
        lost_s=sound.lost_s,
        sent_s=sound.sent_s,
        longest_gap_s=sound.gaps.longest_s,
        app_s=case.call_s.p50 if case.call_s else None,
        stream_every_s=every_s,
    )


def slow_part(case: Case) -> Finding | None:
    """Where the time goes, when a picture comes late: the app itself, sending, or fetching the file."""
    latency, parts = case.endpoint.latency_s, case.endpoint.parts_s
    if latency is None or parts.send is None or parts.serve is None or latency.p50 < SLOW_S:
        return None
    means = {"send": parts.send.mean, "serve": parts.serve.mean, "fetch": parts.fetch.mean if parts.fetch else 0.0}
    part = max(means, key=lambda name: means[name])
    what = {
        "send": "sending the frame",
        "serve": "the app: its queue for threads, decoding, the handler, encoding",
        "fetch": "fetching the result's file",
    }
    remedy = {
        "send": "gr.Image(webcam_options=gr.WebcamOptions(constraints={'video': {'width': 320}}))",
        "serve": "GRADIO_PROFILING=1 gradio-bench run ...  # tells queue, preprocess, handler and postprocess apart",
        "fetch": "gr.Image(format='jpeg')  # smaller to encode and to fetch than WebP or PNG",
    }
    cpu_s = case.summary.app.usage.cpu_s_per_result if case.summary.app.usage else None
    spent = f" The app spends {duration(cpu_s)} of CPU on a result." if cpu_s is not None and part == "serve" else ""
    return found(
        "slow_part",
        "note",
        f"A result takes {duration(latency.p50)} (median), and {share(means[part], latency.mean)} of that goes into "
        f"{what[part]}.{spent}",
        remedy[part],
        latency_p50_s=latency.p50,
        latency_mean_s=latency.mean,
        cpu_s_per_result=cpu_s,
        **{f"{name}_mean_s": mean for name, mean in means.items()},
    )


def busy_app(case: Case) -> Finding | None:
    """A process that uses all the CPU it can have, while frames come late or are lost."""
    usage, latency, every_s = case.summary.app.usage, case.endpoint.latency_s, case.endpoint.settings.stream_every_s
    if usage is None or usage.cores is None or usage.cores < BUSY_CORES or latency is None or not every_s:
        return None
    late = latency.p95 > max(2 * every_s, SLOW_S)
    if not late or usage.cpu_s_per_result is None:
        return None
    most = usage.cores / usage.cpu_s_per_result
    viewers = sum(one.viewers for one in case.summary.endpoints)
    return found(
        "busy_app",
        "warning",
        f"The app used {usage.cores:.2f} cores, {duration(usage.cpu_s_per_result)} of CPU for each result: about "
        f"{most:.0f} results a second is all it can do here, however many viewers there are.",
        f"{case.recorder}.stream(..., stream_every={max(fitting_every_s(viewers / most), every_s):g})",
        cores=usage.cores,
        cpu_s_per_result=usage.cpu_s_per_result,
        latency_p95_s=latency.p95,
        viewers=viewers,
    )
