"""Findings about limits that are lower than they look."""

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.words import plural


def lower_limit(case: Case) -> Finding | None:
    """An effective limit below the endpoint's own: a shared concurrency_id, or max_threads."""
    settings = case.endpoint.settings
    own, effective = settings.concurrency_limit, settings.effective_limit
    binds = effective is not None and case.viewers > effective
    if effective is None or (own is None and not binds) or (own is not None and own <= effective):
        return None
    allows = f"concurrency_limit={own}" if own is not None else "no concurrency_limit"
    shared = [one for one in case.sharing if one.settings.concurrency_limit == effective]
    if shared:
        names = ", ".join(one.api_name for one in shared)
        cause = f"it shares its concurrency_id with {names}, whose limit is {effective}"
        remedy = f'{case.recorder}.stream(..., concurrency_id="{case.recorder}-of-its-own")'
    else:
        cause = f"every open stream holds one of the app's max_threads, and that is {effective}"
        remedy = f"demo.launch(max_threads={max(own or 0, case.viewers)})"
    held = f", and {plural(case.viewers, 'viewer')} wanted more" if binds else ""
    return found(
        "lower_limit",
        "warning" if binds else "note",
        f"The limit is lower than it looks: with {allows} only {plural(effective, 'stream')} can be open at once, for "
        f"{cause}{held}.",
        remedy,
        concurrency_limit=own,
        effective_limit=effective,
        max_threads=case.summary.app.max_threads,
        shared_with=[one.api_name for one in shared],
        viewers=case.viewers,
    )
