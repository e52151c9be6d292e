"""Findings about what is plainly wrong: others' pictures, lost states, errors, nothing at all."""

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.words import count, plural

STATE = "camera.stream(handle, [camera, state], [out, state])  # state = gr.State(): one for each viewer, no global"
HANDLED = "except Exception as error: gr.Warning(str(error)); return gr.skip()  # raising it ends the viewer's stream"
ALONE = "gradio-bench run --viewers 1  # does it also happen with one viewer? The app's own log may say more"


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
    """Results that contradict the viewer's own state: others' words in its transcript."""
    number = case.endpoint.integrity.state_errors
    if not number:
        return None
    return found(
        "state_errors",
        "severe",
        f"{plural(number, 'result')} contradicted the viewer's own state: calls share what each viewer should have to "
        "itself.",
        STATE.replace("camera", case.recorder),
        state_errors=number,
    )


def lost_updates(case: Case) -> Finding | None:
    """A transcript that lost what it had: no fault of the handler's own, but of how its text travels."""
    number = case.endpoint.integrity.lost_updates
    if not number:
        return None
    return found(
        "lost_updates",
        "warning",
        f"A transcript went back to an older state {plural(number, 'time')}: each chunk carries the text of the last "
        "result that had come to the page, and some were sent before the newest had.",
        "microphone.stream(hear, [microphone, said], [said, text])  # said = gr.State(''): it stays on the server",
        lost_updates=number,
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
    what = "Streams" if first.where == "handler" else f"The app or the network ({first.where})"
    return found(
        "failed",
        "severe",
        f"{what} failed {plural(number, 'time')}, mostly with: {first.what}",
        HANDLED if first.where == "handler" else ALONE,
        errors=number,
        failed_frames=case.endpoint.frames.failed,
        where=first.where,
        what=first.what,
    )


def nothing_shown(case: Case) -> Finding | None:
    """Results came, and not one of them held a picture that reached a screen."""
    endpoint = case.endpoint
    if endpoint.result != "image" or not endpoint.results or endpoint.shown != 0:
        return None
    return found(
        "nothing_shown",
        "severe",
        f"None of {plural(endpoint.results, 'result')} showed a picture: viewers see nothing.",
        f"def handle({case.recorder}): return picture  # a handler without a return statement returns None",
        results=endpoint.results,
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
