"""The pytest plugin, as a project of its own uses it."""

import subprocess
import sys
import threading
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from bench.pytest_plugin.turns import turn

ROOT = Path(__file__).parents[2]
APP = """
import time
import gradio as gr

def negative(picture):
    time.sleep(0.02)
    return 255 - picture

with gr.Blocks() as demo:
    camera = gr.Image(sources=["webcam"], streaming=True)
    result = gr.Image()
    camera.stream(negative, camera, result, stream_every=0.1, time_limit=20)

if __name__ == "__main__":
    demo.launch()
"""
TESTS = """
import sys
import pytest

@pytest.mark.gradio_bench("app.py", viewers=2, duration="1h", warmup="0s", concurrency_limit=2)
def test_file(gradio_bench):
    summary = gradio_bench()
    (endpoint,) = summary.endpoints
    assert endpoint.api_name == "negative"
    assert endpoint.viewers == 2
    assert endpoint.settings.concurrency_limit == 2
    assert endpoint.frames.delivered > endpoint.frames.captured / 2
    assert endpoint.latency_s.p50 > 0.02
    assert summary.run.command.startswith("pytest test_load.py::test_file")

def test_object(gradio_bench):
    from app import demo
    with pytest.warns(UserWarning, match="shares its interpreter"):
        summary = gradio_bench(demo, viewers=1, warmup=0.5)
    assert summary.endpoints[0].frames.delivered
    assert not demo.is_running

def test_misspelt(gradio_bench):
    with pytest.raises(Exception, match="no setting 'veiwers'"):
        gradio_bench("app.py", veiwers=3)
    with pytest.raises(Exception, match="Which app"):
        gradio_bench()

def test_missed(gradio_bench):
    gradio_bench("lost.py")

@pytest.mark.gradio_bench("app.py", viewers=1, warmup="0s", slo="slo.toml")
def test_objectives(gradio_bench):
    gradio_bench()

def test_own_process():
    assert not {"locust", "gevent"} & set(sys.modules)
"""


def _pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> pytest.RunResult:
    """Run pytest in a process of its own with these plugins and no others, whatever this machine has installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester.runpytest_subprocess("-p", "bench.pytest_plugin", "-p", "pytest_benchmark.plugin", *arguments)


@pytest.mark.slow
def test_load_tests_are_ordinary_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's app and an object's are driven, their Summary asserted on; options win; mistakes are sentences."""
    pytester.makepyfile(app=APP, test_load=TESTS)
    (pytester.path / "slo.toml").write_text('latency_p50 = "< 1 ms"\ncross_talk = "== 0"\n')
    kept = ("--gradio-bench-out", "kept", "--gradio-bench-duration", "3s")
    done = _pytest(pytester, monkeypatch, "--strict-markers", "--junitxml=report.xml", *kept)
    done.assert_outcomes(passed=4, failed=2)
    done.stdout.fnmatch_lines(["*There is no file lost.py*"])
    done.stdout.fnmatch_lines(["*AssertionError: Objectives are not met:*", "*latency_p50*"])
    assert (pytester.path / "kept" / "test_load.py-test_file" / "report.html").is_file()
    assert "kept/test_load.py-test_file" in (pytester.path / "report.xml").read_text()


def test_handlers_are_benchmarked_on_the_frames_of_the_load_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call gets a picture or a chunk of its own, and a slower handler fails --benchmark-compare-fail."""
    pytester.makepyfile(
        """
        import time
        from pathlib import Path
        import numpy as np

        def test_frames(bench_frames):
            seen = []
            def handler(picture, effect):
                assert (picture.shape, picture.dtype, effect) == ((240, 320, 3), np.uint8, "edges")
                seen.append(picture[:64].copy())
                picture[:] = 0
                time.sleep(float(Path("sleep").read_text()))
                return effect
            assert bench_frames(handler, "edges", size="320x240", rounds=25) == "edges"
            assert len(seen) == 28
            assert all(picture.any() for picture in seen)
            assert not np.array_equal(seen[0], seen[1])

        def test_chunks(bench_chunks):
            def handler(sound):
                rate, samples = sound
                assert (rate, samples.shape, samples.dtype) == (48000, (24000,), np.int16)
                return int(samples.max())
            assert bench_chunks(handler, every_s=0.5, rounds=3) > 1000
        """
    )
    sleep = pytester.path / "sleep"
    sleep.write_text("0.001")
    _pytest(pytester, monkeypatch, "--benchmark-save=before").assert_outcomes(passed=2)
    sleep.write_text("0.004")
    done = _pytest(pytester, monkeypatch, "--benchmark-compare", "--benchmark-compare-fail=median:100%")
    assert done.ret != 0
    done.stderr.fnmatch_lines(["*Performance has regressed*"])


def test_loading_the_plugin_costs_nothing() -> None:
    """Until a fixture is used it imports the standard library and pytest, and nothing of the harness that is heavy."""
    code = (
        "import sys, pytest, importlib; importlib.import_module('bench.pytest_plugin')\n"
        "heavy = {'locust', 'gevent', 'numpy', 'gradio', 'gradio_client', 'cv2', 'typer', 'bench.run'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    """The entry point names the module that holds the fixtures, and goes by the module's own name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ((name, module),) = project["entry-points"]["pytest11"].items()
    assert name == module
    assert hasattr(import_module(module), "gradio_bench")


def test_runs_take_turns() -> None:
    """While one holds the turn nobody else gets it, and then somebody does."""
    order: list[str] = []
    waiting, got = threading.Event(), threading.Event()

    def other() -> None:
        waiting.set()
        with turn():
            order.append("second")
        got.set()

    with turn():
        thread = threading.Thread(target=other)
        thread.start()
        waiting.wait(10)
        assert not got.wait(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
