"""The pytest plugin: load tests and handler benchmarks as ordinary tests. Nothing heavy is imported until it is used.

def test_viewers(gradio_bench):
    summary = gradio_bench("app.py", viewers=4, duration="10s")
    assert summary.endpoints[0].latency_s.p95 < 0.3

def test_handler(bench_frames):
    bench_frames(negative, size="640x480")
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bench.pytest_plugin.handlers import BenchChunks, BenchFrames
    from bench.pytest_plugin.run_app import GradioBench

_MARKER = "gradio_bench(app, **settings): what the gradio_bench fixture of this test is called with by default"


class GradioBenchWarning(UserWarning):
    """What to know of a run's figures before trusting them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options."""
    group = parser.getgroup("gradio-bench", "load tests of Gradio apps")
    group.addoption("--gradio-bench-viewers", type=int, metavar="N", help="viewers of every run, whatever a test says")
    group.addoption("--gradio-bench-duration", metavar="S", help="measured time of every run, such as 30s")
    group.addoption("--gradio-bench-slo", metavar="FILE", help="objectives of every run that has none of its own")
    group.addoption(
        "--gradio-bench-out", type=Path, metavar="DIR", help="keep reports and ledgers here, a folder for each run"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def gradio_bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "GradioBench":
    """Drive viewers at an app and get the Summary, to be asserted on: `gradio_bench(app, viewers=4, duration="10s")`.

    `app` is what `gradio-bench run` takes (`app.py`, `module:demo`, a URL), or a Blocks object.
    """
    from bench.pytest_plugin.run_app import GradioBench  # noqa: PLC0415

    return GradioBench(request, tmp_path_factory)


@pytest.fixture
def bench_frames(request: pytest.FixtureRequest) -> "BenchFrames":
    """Benchmark a handler frame by frame, on the pictures of the load test: `bench_frames(handler, *inputs)`."""
    from bench.pytest_plugin.handlers import BenchFrames  # noqa: PLC0415

    return BenchFrames(request.getfixturevalue("benchmark"))


@pytest.fixture
def bench_chunks(request: pytest.FixtureRequest) -> "BenchChunks":
    """Benchmark a handler chunk by chunk, on the sound of the load test: `bench_chunks(handler, *inputs)`."""
    from bench.pytest_plugin.handlers import BenchChunks  # noqa: PLC0415

    return BenchChunks(request.getfixturevalue("benchmark"))
