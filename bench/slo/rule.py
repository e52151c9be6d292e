"""The table `[good_viewer]`: when a viewer counts as well served."""

from typing import Any

from bench.errors import UsageError
from bench.metrics.goodput import ViewerRule
from bench.slo.figures import Figure
from bench.slo.limit import Limit, read_limit

_KEYS = {
    "fps": Figure("fps", "endpoint", ("fps",), "number"),
    "staleness": Figure("staleness", "endpoint", ("staleness",), "seconds"),
    "freeze": Figure("freeze", "endpoint", ("freeze",), "seconds"),
    "wait": Figure("wait", "endpoint", ("wait",), "seconds"),
}
_FOR = "for"
_SHARE = 0.95
"""Of a viewer's seconds, where the table does not say: one bad second in twenty is forgiven."""


def read_rule(table: Any) -> ViewerRule:
    """Read it; raises UsageError for an unknown key, a limit on the wrong side, and a table that asks nothing."""
    if not isinstance(table, dict):
        raise UsageError(
            "good_viewer is no table.", "Write [good_viewer] on a line of its own, and its conditions below."
        )
    for key in table:
        if key not in {*_KEYS, _FOR}:
            raise UsageError(f"[good_viewer] has no condition {key!r}.", f"It takes {', '.join(_KEYS)}, and {_FOR}.")
    limits = {key: _limit(key, table[key]) for key in _KEYS if key in table}
    if not limits:
        raise UsageError("[good_viewer] has no condition.", f"It takes {', '.join(_KEYS)}.")
    share = _share(table[_FOR]) if _FOR in table else _SHARE
    fps = limits.get("fps")
    words = [f"{key} {limit}{' of the camera' if limit.unit == 'share' else ''}" for key, limit in limits.items()]
    return ViewerRule(
        fps=fps.value if fps else None,
        of_camera=fps is not None and fps.unit == "share",
        staleness_s=_seconds(limits, "staleness"),
        freeze_s=_seconds(limits, "freeze"),
        wait_s=_seconds(limits, "wait"),
        share=share,
        text=f"{', '.join(words)}, in {100 * share:g} % of its seconds",
    )


def _limit(key: str, written: object) -> Limit:
    limit, wanted = read_limit(written, _KEYS[key]), ">=" if key == "fps" else "<"
    if limit.operator != wanted or limit.value <= 0:
        raise UsageError(
            f"{key}: {written!r} is on the wrong side.", f"A good viewer has {key} {wanted} something above 0."
        )
    return limit


def _seconds(limits: dict[str, Limit], key: str) -> float | None:
    return limits[key].value if key in limits else None


def _share(written: object) -> float:
    text = str(written).removeprefix(">=").replace(" ", "")
    try:
        share = float(text.removesuffix("%")) / 100 if text.endswith("%") else -1.0
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise UsageError(f"for: {written!r} is not a share of a viewer's seconds.", 'Write it as for = "95 %".')
    return share
