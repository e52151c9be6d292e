"""An app that raises while it is imported."""

from collections.abc import Callable

WEIGHTS: dict[str, float] = {}


def load(name: str) -> Callable[[], float]:
    """Look up weights that are not there."""
    weight = WEIGHTS[name]
    return lambda: weight


model = load("missing-weights")
