"""One endpoint in two or three plain sentences."""

from bench.metrics import Endpoint, Sound
from bench.report.words import duration, plural, setting, share

_WAITED_S = 0.5  # below it, joining is just joining


def overview(endpoint: Endpoint) -> str:
    """Say what viewers saw, when it began, and whether they had to wait."""
    return " ".join([*_seen(endpoint), *_begun(endpoint), *_waited(endpoint)])


def _seen(endpoint: Endpoint) -> list[str]:
    latency, fps = endpoint.latency_s, endpoint.fps
    if endpoint.sound is not None and endpoint.frames.captured:
        return [_heard(endpoint, endpoint.sound)]
    if fps.offered is None or fps.delivered is None:
        return ["Nothing was recorded inside the measured window."]
    rate = f"Each viewer got back {fps.delivered:.1f} of the {fps.offered:.1f} frames a second its {endpoint.kind} took"
    if not endpoint.frames.delivered:
        return [f"None of the {fps.offered:.1f} frames a second that each {endpoint.kind} took came back."]
    if latency is None:
        return [f"{rate}."]
    return [f"{rate}: half of them within {duration(latency.p50)}, 99 of 100 within {duration(latency.p99)}."]


def _heard(endpoint: Endpoint, sound: Sound) -> str:
    latency, recorded = endpoint.latency_s, f"{duration(sound.captured_s)} of sound recorded"
    if not sound.heard_s:
        return f"The app heard nothing of the {recorded}."
    part = "all" if sound.heard_s == sound.captured_s else duration(sound.heard_s)
    told = f"The app heard {part} of the {recorded}"
    if latency is None:
        return f"{told}."
    half, most = duration(latency.p50), duration(latency.p99)
    return f"{told}: half of its chunks were answered within {half}, 99 of 100 within {most}."


def _begun(endpoint: Endpoint) -> list[str]:
    got = "saw" if endpoint.sound is None else "got"
    first, without, sentences = endpoint.first_frame_s, endpoint.viewers_without_result, []
    if first is not None:
        slowest = f", at worst {duration(first.max)}" if first.max > 1.2 * first.p50 else ""
        sentences.append(f"The first result took {duration(first.p50)}{slowest}.")
    if without:
        sentences.append(f"{plural(without, 'viewer')} never {got} one.")
    return sentences


def _waited(endpoint: Endpoint) -> list[str]:
    wait, rotation, limit_s = endpoint.queue_wait_s, endpoint.rotation, endpoint.settings.time_limit_s
    if wait is not None and wait.p95 >= _WAITED_S:
        turn = rotation.granted_s.p50 if rotation.granted_s else limit_s
        turns = f" for turns of {duration(turn)}" if turn is not None else ""
        sentences = [f"Viewers waited {duration(wait.p50)} (median){turns}"]
        if rotation.duty_cycle is not None:
            sentences[0] += f" and were live {share(rotation.duty_cycle, 1)} of the time"
        return [f"{sentences[0]}."]
    if rotation.waiting_at_end:
        return [f"{plural(rotation.waiting_at_end, 'viewer')} still waited for a turn at the end."]
    if rotation.granted_s is not None and limit_s is not None:
        return [f"Nobody had to wait, though time_limit ended turns after {setting(limit_s)}."]
    return ["Nobody had to wait."]
