"""Findings about what is plainly wrong: others' pictures, lost states, errors, nothing at all."""

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.words import count, plural

STATE = "camera.stream(handle, [camera, state], [out, state])  # state = gr.State(): one for each viewer, no global"


def cross_talk(case: Case) -> Finding | None:
    """Results that were another viewer's."""
    number = case.endpoint.integrity.cross_talk
    if not number or case.endpoint.result == "text":  # words of others are told by `state_errors`
        return None
    what = "showed another viewer's picture" if case.endpoint.sound is None else "held another viewer's sound"
    return found(
        "cross_talk",
        "severe",
        f"{count(number)} of {plural(case.endpoint.results, 'result')} {what}: the app mixes its viewers up.",
        STATE.replace("camera", case.recorder),
        cross_talk=number,
        results=case.endpoint.results,
    )


def state_errors(case: Case) -> Finding | None:
    """Results that contradict the viewer's own state, or a transcript that lost what it had."""
    wrong = case.endpoint.integrity
    lost = wrong.lost_updates or 0
    if not wrong.state_errors and not lost:
        return None
    told = []
    if wrong.state_errors:
        told.append(f"{plural(wrong.state_errors, 'result')} contradicted the viewer's own state")
    if lost:
        told.append(f"a transcript went back to an older state {plural(lost, 'time')}")
    return found(
        "state_errors",
        "severe",
        f"{' and '.join(told)}: calls overwrite, or share, what each viewer should have to itself.".capitalize(),
        STATE.replace("camera", case.recorder),
        state_errors=wrong.state_errors,
        lost_updates=wrong.lost_updates,
    )


def out_of_order(case: Case) -> Finding | None:
    """Results older than one before them: the picture jumps back."""
    number, results = case.endpoint.integrity.out_of_order or 0, case.endpoint.results
    if number <= 0.01 * results:
        return None
    were = "was" if number == 1 else "were"
    return found(
        "out_of_order",
        "warning",
        f"{count(number)} of {plural(results, 'result')} {were} older than the one before: viewers see jumps back.",
        f"def handle({case.recorder}): return process({case.recorder})  # this frame's, not an older one's",
        out_of_order=number,
        results=results,
    )


def failed(case: Case) -> Finding | None:
    """Errors: the handler raised, the app refused, a connection broke."""
    mine = [error for error in case.summary.errors if error.endpoint == case.endpoint.api_name]
    number = sum(error.count for error in mine)
    if not mine:
        return None
    first = max(mine, key=lambda error: error.count)
    return found(
        "failed",
        "severe",
        f"Streams failed {plural(number, 'time')}, mostly with: {first.what}",
        "except Exception as error: gr.Warning(str(error))  # raising it ends the viewer's stream",
        errors=number,
        failed_frames=case.endpoint.frames.failed,
        where=first.where,
        what=first.what,
    )


def nothing_came(case: Case) -> Finding | None:
    """Frames were sent, and no result came at all."""
    frames = case.endpoint.frames
    sent = frames.captured - frames.skipped - frames.rejected
    if case.endpoint.results or not sent or case.endpoint.rotation.waiting_at_end == case.endpoint.viewers:
        return None
    return found(
        "nothing_came",
        "severe",
        f"No result came back for any of {plural(sent, 'frame')} that were sent.",
        f"def handle({case.recorder}, ...): return result  # each call must end, and return every output",
        sent=sent,
        failed=frames.failed,
    )
