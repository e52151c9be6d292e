"""The bench_frames and bench_chunks fixtures: what a handler costs a call, by pytest-benchmark, without any server."""

from collections.abc import Callable
from copy import deepcopy
from itertools import cycle
from typing import Any

from bench.media.handed import chunks, pictures
from bench.units import resolution

FRAMES, CHUNKS = 20, 5
ROUNDS = 40
_WARMUP = 3  # first calls fill caches


class BenchFrames:
    """Benchmarks `handler(picture, *inputs)`; each call gets a picture of its own, as from a camera."""

    def __init__(self, benchmark: Any) -> None:
        self._benchmark = benchmark

    def __call__(
        self, handler: Callable[..., Any], *inputs: Any, size: str = "640x480", seed: int = 1, rounds: int = ROUNDS
    ) -> Any:
        """Call it `rounds` times and return its last value; `inputs` follow the picture, as in Gradio's `inputs`."""
        width, height = resolution(size)
        self._benchmark.extra_info.update(media=f"{width}x{height} frames", seed=seed)
        return _each(self._benchmark, handler, inputs, pictures(width, height, FRAMES, seed=seed), rounds)


class BenchChunks:
    """Benchmarks `handler((rate, samples), *inputs)`; each call gets a chunk of its own, as from a microphone."""

    def __init__(self, benchmark: Any) -> None:
        self._benchmark = benchmark

    def __call__(
        self, handler: Callable[..., Any], *inputs: Any, every_s: float = 1.0, seed: int = 1, rounds: int = ROUNDS
    ) -> Any:
        """Call it `rounds` times with chunks of `every_s` seconds, and return its last value."""
        self._benchmark.extra_info.update(media=f"{every_s:g} s chunks", seed=seed)
        return _each(self._benchmark, handler, inputs, chunks(every_s, CHUNKS, seed=seed), rounds)


def _each(benchmark: Any, handler: Callable[..., Any], inputs: tuple[Any, ...], media: list[Any], rounds: int) -> Any:
    """Time every call alone: what it may write into is copied before, outside the time."""
    following = cycle(media)

    def prepare() -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (deepcopy(next(following)), *deepcopy(inputs)), {}

    return benchmark.pedantic(handler, setup=prepare, rounds=rounds, warmup_rounds=_WARMUP)
