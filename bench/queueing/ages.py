"""How old what a viewer sees is: ages that grow a second per second, weighted by time."""

from collections.abc import Iterable

import numpy as np

from bench.queueing.scenario import Ages, Floats


def ages(seen: Iterable[Floats], begin_s: float, ends_s: Iterable[float]) -> Ages | None:
    """Weigh ages by time over several viewers; None where nobody saw anything.

    `seen` holds, for each viewer, an array of shape (results, 2): the instant at which a result was seen and the tick
    it shows. It counts from then, or from `begin_s`, until the next one or the viewer's end.
    """
    young, old = [np.empty(0)], [np.empty(0)]
    for results, end_s in zip(seen, ends_s, strict=True):
        until_s = np.minimum(np.append(results[1:, 0], end_s)[: len(results)], end_s)
        from_s = np.maximum(results[:, 0], begin_s)
        counts = until_s > from_s
        young.append((from_s - results[:, 1])[counts])
        old.append((until_s - results[:, 1])[counts])
    return _weigh(np.concatenate(young), np.concatenate(old))


def _weigh(young: Floats, old: Floats) -> Ages | None:
    """Ages run evenly from each of `young` to each of `old`: their distribution is linear between these ages."""
    if not young.size:
        return None
    weight = old - young
    total = float(weight.sum())
    order = np.argsort(np.concatenate([young, old]), kind="stable")
    at = np.concatenate([young, old])[order]
    rate = np.cumsum(np.repeat([1.0, -1.0], young.size)[order])
    below = np.concatenate([[0.0], np.cumsum(rate[:-1] * np.diff(at))]) / total
    p50, p95 = np.interp([0.5, 0.95], below, at)
    return Ages(float(((young + old) / 2 * weight).sum()) / total, float(p50), float(p95))
