"""A shape as Locust follows it. Kept out of locustfiles: Locust would let any shape it finds there run every test."""

from typing import Any

from locust import LoadTestShape

from bench.errors import UsageError
from bench.load.shapes import Shape


class Shaped(LoadTestShape):
    """Follows `shape`: Locust asks once a second. All viewers of a tick come, or go, at once."""

    abstract = True

    def __init__(self, shape: Shape) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Locust annotates only in part
        self._shape = shape
        self._last: tuple[int, float] = (0, 1.0)

    def reset_time(self) -> None:
        """Begin anew: Locust calls it at the start of each run."""
        super().reset_time()  # type: ignore[no-untyped-call]  # as above
        self._last = (0, 1.0)

    def tick(self) -> tuple[int, float] | None:
        """Give viewers and a spawn rate that brings them within a second; None ends the run."""
        viewers = self._shape.viewers_at(self.get_run_time())  # type: ignore[no-untyped-call]  # as above
        if viewers is None:
            return None
        if viewers != self._last[0]:
            self._last = (viewers, float(abs(viewers - self._last[0])))
        return self._last


def follow(environment: Any, shape: Shape) -> None:
    """Let every run follow `shape`, headless or from the web page.

    Raises UsageError where Locust's own options ask for another number of viewers or length, which it would ignore.
    """
    parsed = environment.parsed_options
    flags = {
        "-u": parsed.num_users,
        "-r": parsed.spawn_rate,
        "-t": parsed.run_time,
        "--duration": parsed.duration or None,
    }
    given = [flag for flag, value in flags.items() if value is not None]
    if given:
        raise UsageError(
            f"--shape {shape.text} says how many viewers there are and for how long, and so does {given[0]}.",
            f"Leave out {' and '.join(given)}, or --shape.",
        )
    environment.shape_class = Shaped(shape)
    environment.shape_class.runner = environment.runner
