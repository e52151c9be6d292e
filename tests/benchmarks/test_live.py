"""What the live view costs each frame."""

from random import Random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.live.histogram import Histogram

_VALUES = [Random(1).expovariate(10) + 0.001 for _ in range(1000)]


@pytest.mark.benchmark(group="live")
def test_counting_a_latency(benchmark: BenchmarkFixture) -> None:
    """A thousand latencies into a histogram: well below a microsecond each, of a frame's 300."""
    histogram = Histogram()

    def count() -> None:
        for value in _VALUES:
            histogram.record(value)

    benchmark(count)
    assert histogram.count % len(_VALUES) == 0
