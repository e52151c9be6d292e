"""One endpoint's particulars: limits against what happened, line by line."""

from bench.metrics import Endpoint, Sound
from bench.metrics.vanished import Vanished
from bench.report.words import count, duration, plural, setting, share

_LOST = {
    "overwritten": "replaced by newer sound before the app took it",
    "skipped": "thrown away while waiting for a turn",
    "rejected": "refused, mostly just as a turn ended",
    "cut_off": "cut off when a turn ended",
    "failed": "failed with an error",
}


def particulars(endpoint: Endpoint) -> list[tuple[str, str]]:
    """List what the tables cannot show, each as a label and a line of text."""
    lines = [
        ("Sound", _sound(endpoint)),
        ("In the app", _profile(endpoint)),
        ("Queue wait", _wait(endpoint)),
        ("Active streams", _active(endpoint)),
        ("Turns", _turns(endpoint)),
        ("Freezes", _freezes(endpoint)),
        ("Integrity", _integrity(endpoint)),
        ("Vanished", " · ".join(map(_vanished, endpoint.vanished or ()))),
    ]
    lines.extend(
        (
            "Changes",
            f"{change.input}: shown after {change.mean_pictures:.1f} pictures and "
            f"{duration(change.shown_after_s.p50 if change.shown_after_s else None)} (median of {change.count})",
        )
        for change in endpoint.changes
    )
    return [(label, text) for label, text in lines if text]


def _sound(endpoint: Endpoint) -> str:
    sound = endpoint.sound
    if sound is None or not sound.captured_s:
        return ""
    if sound.heard_s == sound.captured_s:
        return f"the app heard all of the {duration(sound.captured_s)} recorded"
    parts = [f"of {duration(sound.captured_s)} recorded the app heard {duration(sound.heard_s)}"]
    lost = [(getattr(sound.fates_s, fate), how) for fate, how in _LOST.items()]
    parts.extend(f"{duration(seconds)} {how}" for seconds, how in sorted(lost, reverse=True) if seconds)
    if sound.fates_s.in_flight:
        parts.append(f"{duration(sound.fates_s.in_flight)} still under way at the end")
    return f"{', '.join(parts)}{_gaps(sound)}"


def _gaps(sound: Sound) -> str:
    gaps = sound.gaps
    if not gaps.count:
        return ""
    return f" · {plural(gaps.count, 'gap')} in what it heard, the longest {duration(gaps.longest_s)}"


def _profile(endpoint: Endpoint) -> str:
    found = endpoint.profile
    if found is None:
        return ""
    told = {
        "waiting": found.waiting_s,
        "preprocess": found.preprocess_s,
        "handler": found.handler_s,
        "postprocess": found.postprocess_s,
    }
    parts = " · ".join(f"{name} {duration(seconds)}" for name, seconds in told.items())
    return f"{parts} (means of {plural(found.calls, 'call')}, by Gradio's own traces)"


def _wait(endpoint: Endpoint) -> str:
    wait, rotation, limit_s = endpoint.queue_wait_s, endpoint.rotation, endpoint.settings.time_limit_s
    against = f"time_limit {setting(limit_s)}" if limit_s is not None else "no time_limit"
    parts = [f"{duration(wait.p50)} (median) against {against}" if wait else f"nobody joined anew · {against}"]
    if rotation.predicted_wait_s:
        predicted, worst_s = duration(rotation.predicted_wait_s), rotation.worst_wait_s
        if wait and rotation.waiting_at_end and worst_s is not None and worst_s < rotation.predicted_wait_s:
            parts.append(
                f"mean {duration(wait.mean)} so far: the run was too short for the {predicted} of the rotation law"
            )
        else:
            mean = f"mean {duration(wait.mean)}, where" if wait else "of a mean"
            parts.append(f"{mean} the rotation law predicts {predicted}")
    if rotation.worst_wait_s is not None:
        parts.append(f"worst {duration(rotation.worst_wait_s)}")
    if rotation.waiting_at_end:
        parts.append(f"{count(rotation.waiting_at_end)} still waiting at the end")
    if endpoint.eta_error_s is not None:
        error_s = endpoint.eta_error_s.mean
        parts.append(f"Gradio's first estimate was {duration(abs(error_s))} too {'long' if error_s > 0 else 'short'}")
    return " · ".join(parts)


def _active(endpoint: Endpoint) -> str:
    use = endpoint.concurrency
    if use.peak_active is None:
        return ""
    mean = f" · mean {use.mean_active:.2f}" if use.mean_active is not None else ""
    slots = f" · {share(use.slot_use, 1)} of the slots in use" if use.slot_use is not None else ""
    group = f", {share(use.group_use, 1)} with all who share them" if use.group_use is not None else ""
    return f"peak {use.peak_active} against {_limit(endpoint)}{mean}{slots}{group}"


def _limit(endpoint: Endpoint) -> str:
    own, effective = endpoint.settings.concurrency_limit, endpoint.settings.effective_limit
    if effective is None:
        return f"concurrency_limit {own}" if own is not None else "a concurrency_limit that the app does not tell"
    if own == effective:
        return f"concurrency_limit {own}"
    if own is None:
        return f"{plural(effective, 'slot')} (no concurrency_limit of its own: a shared one, or max_threads)"
    return f"{plural(effective, 'slot')} (concurrency_limit {own}, held lower by a shared limit or max_threads)"


def _turns(endpoint: Endpoint) -> str:
    rotation = endpoint.rotation
    if rotation.duty_cycle is None:
        return ""
    parts = [f"live {share(rotation.duty_cycle, 1)} of the time"]
    if rotation.granted_s is not None:
        parts.insert(0, f"{plural(int(rotation.granted_s.count), 'turn')} ended by the app")
    if rotation.rejoin_gap_s is not None:
        parts.append(f"{duration(rotation.rejoin_gap_s.p50)} between turns (median)")
    if rotation.fairness_jain is not None and endpoint.viewers > 1:
        parts.append(f"fairness {rotation.fairness_jain:.2f} (1 is equal)")
    return " · ".join(parts)


def _freezes(endpoint: Endpoint) -> str:
    freezes = endpoint.freezes
    if freezes is None:
        return ""
    if not freezes.count:
        return "none while a turn lasted"
    return f"{count(freezes.count)} · {duration(freezes.total_s)} in all · longest {duration(freezes.longest_s)}"


def _integrity(endpoint: Endpoint) -> str:
    if not endpoint.results:
        return ""
    told = _wrong(endpoint)
    if endpoint.attribution == "bounded":
        return ", ".join([*told, "results carry no mark: whose they are, and in which order, cannot be told"])
    if told:
        return f"of {plural(endpoint.results, 'result')}, {', '.join(told)}{_unread(endpoint)}"
    return _own(endpoint.results, endpoint.results - endpoint.frames.unattributed)


def _own(results: int, read: int) -> str:
    """Say whose results were that nothing was wrong with, of which so many could be read."""
    if read <= 0:
        return f"none of {plural(results, 'result')} could be read: whose they are cannot be told"
    if read < results:
        whose = "each was" if read > 1 else "it was"
        return f"{count(read)} of {count(results)} results could be read; {whose} its viewer's own, in order"
    return f"every one of {plural(results, 'result')} was its viewer's own, in order and once"


def _wrong(endpoint: Endpoint) -> list[str]:
    """List what was seen to be wrong, each as a count and a few words."""
    found = endpoint.integrity
    whose = "showed another viewer's frame" if endpoint.sound is None else "held another viewer's sound"
    wrong = {
        whose: found.cross_talk if not found.state_errors else 0,  # a transcript's: told once
        "came out of order": found.out_of_order,
        "repeated an earlier one": found.duplicated,
        "contradicted the viewer's state": found.state_errors,
    }
    told = [f"{count(number)} {what}" for what, number in wrong.items() if number]
    if found.lost_updates:
        told.append(f"a transcript went back to an older state {plural(found.lost_updates, 'time')}")
    if found.damaged:
        told.append(f"{plural(found.damaged, 'stretch', 'stretches')} of a transcript made no word")
    return told


def _vanished(alike: Vanished) -> str:
    """Say how long the slots of those who vanished alike stayed taken."""
    how = "fell silent" if alike.silently else "died"
    told = f"{plural(alike.count, 'viewer')} {how} {'with' if alike.heartbeat else 'without'} a heartbeat"
    held = [
        f"{words}{duration(times.mean)} (mean of {count(int(times.count))})"
        for words, times in (
            ("", alike.held_s),
            ("at most ", alike.at_most_s),
            ("still at the end, after ", alike.at_least_s),
        )
        if times is not None
    ]
    return f"{told}: slot held {', '.join(held)}" if held else f"{told}: for how long its slot was held is not known"


def _unread(endpoint: Endpoint) -> str:
    number = endpoint.frames.unattributed
    return f", and {count(number)} could not be read" if number else ""
