"""Findings about waiting: viewers who want a slot and get none, or get one late."""

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.queueing import rotation_wait_s
from bench.words import duration, plural, setting, share

FAIR = 0.8  # Jain's index below which some viewers have much more than others
HELD_S = 2.0  # a slot given back sooner than that is no loss worth a word
ROUNDS = 2.0  # a run shorter than this many rounds says nothing about fairness: somebody is always next


def one_slot(case: Case) -> Finding | None:
    """Gradio's default concurrency_limit of 1, which lets one viewer in at a time."""
    if case.slots != 1 or not case.waited or case.sharing or case.endpoint.settings.concurrency_limit not in {1, None}:
        return None
    if case.summary.app.max_threads == 1:
        return None
    known = case.endpoint.settings.concurrency_limit == 1
    limit = f"concurrency_limit {'is' if known else 'seems to be'} 1, Gradio's default"
    return found(
        "default_limit",
        "warning",
        f"One viewer is let in at a time ({limit}): {plural(case.viewers, 'viewer')} waited "
        f"{duration(case.typical_wait_s)} for their turns.",
        f"{case.recorder}.stream(..., concurrency_limit={case.viewers})",
        concurrency_limit=case.endpoint.settings.concurrency_limit,
        peak_active=case.endpoint.concurrency.peak_active,
        viewers=case.viewers,
        wait_s=case.typical_wait_s,
        waiting_at_end=case.endpoint.rotation.waiting_at_end,
    )


def long_waits(case: Case) -> Finding | None:
    """Waits longer than the turns they are for."""
    limit_s, rotation, slots = case.endpoint.settings.time_limit_s, case.endpoint.rotation, case.slots
    if not case.waited or limit_s is None or slots is None:
        return None
    turn_s = rotation.granted_s.p50 if rotation.granted_s else limit_s
    if case.typical_wait_s <= max(limit_s, turn_s):
        return None
    fit = next((more for more in range(slots + 1, case.viewers) if _wait_s(case, more, turn_s) <= turn_s), case.viewers)
    live = f": live {share(rotation.duty_cycle, 1)} of the time" if rotation.duty_cycle is not None else ""
    return found(
        "long_waits",
        "warning",
        f"{plural(case.viewers, 'viewer')}{_sharing(case)} share {plural(slots, 'slot')} and waited "
        f"{duration(case.mean_wait_s)} (mean) for turns of {duration(turn_s)}{live}. With {fit} slots the mean wait "
        f"would be {duration(_wait_s(case, fit, turn_s))}.",
        f"{case.recorder}.stream(..., concurrency_limit={fit}){_at_each(case)}",
        viewers=case.viewers,
        slots=slots,
        sharing=[one.api_name for one in case.sharing],
        wait_mean_s=case.mean_wait_s,
        wait_s=case.typical_wait_s,
        turn_s=turn_s,
        time_limit_s=limit_s,
        predicted_wait_s=rotation.predicted_wait_s,
        duty_cycle=rotation.duty_cycle,
        fitting_concurrency_limit=fit,
    )


def _sharing(case: Case) -> str:
    """Name those who share the slots, where the endpoint has none of its own."""
    names = [case.endpoint.api_name, *(one.api_name for one in case.sharing if one.viewers)]
    return f" of {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else ""


def _at_each(case: Case) -> str:
    names = ", ".join(one.api_name for one in case.sharing)
    return f"  # and the same at {names}: of those who share, the lowest counts" if names else ""


def _wait_s(case: Case, slots: int, turn_s: float) -> float:
    return rotation_wait_s(case.viewers, slots, turn_s, case.endpoint.settings.stream_every_s or 0.0)


def starved(case: Case) -> Finding | None:
    """Viewers who never had a turn because nobody is ever sent away: no time_limit."""
    rotation, slots = case.endpoint.rotation, case.slots
    if case.endpoint.settings.time_limit_s is not None or not case.waited or not rotation.waiting_at_end:
        return None
    who = plural(slots, "viewer") if slots is not None else "some viewers"
    return found(
        "starved",
        "severe",
        f"Without a time_limit {who} kept their turns to the end, and {rotation.waiting_at_end} still waited for a "
        f"first one after {duration(rotation.worst_wait_s)}.",
        f"{case.recorder}.stream(..., time_limit=30)",
        slots=slots,
        viewers=case.viewers,
        waiting_at_end=rotation.waiting_at_end,
        worst_wait_s=rotation.worst_wait_s,
    )


def unfair(case: Case) -> Finding | None:
    """Some viewers live much longer than others, over a run long enough to tell."""
    rotation, slots = case.endpoint.rotation, case.slots
    if not case.waited or rotation.fairness_jain is None or rotation.fairness_jain >= FAIR or not slots:
        return None
    turn_s = rotation.granted_s.mean if rotation.granted_s else None
    if turn_s is None or case.summary.run.measured_s < ROUNDS * turn_s * case.viewers / slots:
        return None
    shorter_s = max(1.0, round(turn_s / 2))
    return found(
        "unfair",
        "warning",
        f"Turns are shared unequally: fairness is {rotation.fairness_jain:.2f} (1 is equal), and the longest wait was "
        f"{duration(rotation.worst_wait_s)} where the median was {duration(case.typical_wait_s)}.",
        f"{case.recorder}.stream(..., time_limit={shorter_s:g})",
        fairness_jain=rotation.fairness_jain,
        worst_wait_s=rotation.worst_wait_s,
        wait_s=case.typical_wait_s,
    )


def sound_lost_waiting(case: Case) -> Finding | None:
    """Sound thrown away because the speaker waited for a turn."""
    sound, limit_s = case.endpoint.sound, case.endpoint.settings.time_limit_s
    if sound is None or not case.waited or sound.lost_waiting_s < 0.05 * sound.captured_s:
        return None
    turns = f" (time_limit {setting(limit_s)})" if limit_s is not None else ""
    return found(
        "sound_lost_waiting",
        "warning",
        f"{duration(sound.lost_waiting_s)} ({share(sound.lost_waiting_s, sound.captured_s)}) of what was said was "
        f"thrown away because its speaker waited for a turn{turns}.",
        f"{case.recorder}.stream(..., concurrency_limit={case.viewers})",
        lost_waiting_s=sound.lost_waiting_s,
        captured_s=sound.captured_s,
        viewers=case.viewers,
    )


def held_slots(case: Case) -> Finding | None:
    """Slots that stayed taken by viewers who had vanished, while others wanted them."""
    known = [(each, each.held_s or each.at_least_s) for each in case.endpoint.vanished or ()]
    held = [(each, times) for each, times in known if times is not None and times.max >= HELD_S]
    if not held:
        return None
    worst, times = max(held, key=lambda one: one[1].max)
    least = "" if worst.held_s is not None else "at least "
    limit_s, every_s = case.endpoint.settings.time_limit_s, case.endpoint.settings.stream_every_s or 0.0
    fit_s = max(5.0, 10 * every_s, round((limit_s or 60.0) / 2))
    gone = plural(sum(each.count for each, _ in held), "viewer")
    heartbeat = "" if worst.heartbeat else ", whose heartbeat the app was not holding,"
    return found(
        "held_slots",
        "warning",
        f"{gone} vanished with a stream open{heartbeat} and the slot stayed taken for {least}{duration(times.max)}: "
        "nobody else could have it meanwhile.",
        f"{case.recorder}.stream(..., time_limit={fit_s:g})  # the most that a slot stays taken",
        vanished=sum(each.count for each, _ in held),
        held_mean_s=times.mean,
        held_max_s=times.max,
        heartbeat=worst.heartbeat,
        time_limit_s=limit_s,
    )
