"""Deploying apps: found, changed, launched and ended, or refused in words. All on real Gradio in real processes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from bench.errors import BenchError, TargetError, UsageError
from bench.load.target import Overrides, Target, TargetName, parse_target
from tests.apps.running import APPS, app_file, running
from tests.load.turns import turns


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is true; give up after a time no slow machine needs."""
    end_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end_s, f"never came true: {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process has ended, waited for by its parent or not."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_a_guarded_and_an_unguarded_app_are_both_served() -> None:
    """`demo.launch()` under a main guard or bare, on a Blocks of any name or none: the app answers on loopback."""
    for name in ("odd_layout", "two_cameras", "live_interface"):
        deployed = running(name)
        assert deployed.alive()
        assert deployed.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{deployed.url}/config").status_code == 200


def test_the_authors_launch_options_stay_where_harmless() -> None:
    """A login and a thread count given to launch() hold; sharing and listening beyond loopback do not."""
    assert httpx.get(f"{running('with_login').url}/config").status_code == 401
    assert running("odd_layout").facts.max_threads == 12
    assert running("two_cameras").facts.max_threads == 40
    (listening,) = {
        connection.laddr.ip
        for connection in psutil.Process(running("two_cameras").pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == "127.0.0.1"


def test_effective_limits_follow_group_and_threads() -> None:
    """A group shares its lowest limit, no limit comes to max_threads, and the queue's default stands where none is."""
    endpoints = running("two_cameras").facts.endpoints.values()
    assert {one.api_name: (one.concurrency_limit, one.effective_limit) for one in endpoints} == {
        "left": (2, 2),
        "right": (None, 40),
        "one_of_two": (6, 3),
        "both": (3, 3),
    }


@pytest.fixture(scope="module")
def changed() -> Iterator[Target]:
    """Deploy an app with its settings changed."""
    with Target(
        app_file("odd_layout"),
        everywhere=Overrides(stream_every_s=0.3, time_limit_s=1.0, concurrency_limit=2),
        endpoints={"mirror": Overrides(time_limit_s=None, concurrency_limit=9)},
        max_threads=5,
    ) as target:
        yield target


def test_settings_are_changed_without_editing_the_app(changed: Target) -> None:
    """Its /config tells the changed settings, and an endpoint's own change wins over the one for all."""
    events = httpx.get(f"{changed.url}/config").json()["dependencies"]
    assert [event["stream_every"] for event in events] == [0.3, 0.3, 0.3]
    assert [event["time_limit"] for event in events] == [None, 1.0, 1.0]
    assert changed.facts.max_threads == 5
    limits = {one.api_name: (one.concurrency_limit, one.effective_limit) for one in changed.facts.endpoints.values()}
    assert limits == {"mirror": (9, 5), "fn_1": (2, 2), "mirror_1": (2, 2)}


def test_the_queue_keeps_the_changed_limit(changed: Target) -> None:
    """With a limit of two the first two of three viewers open at once, and the third only once one of them is done."""
    seen = sorted(turns(changed.url, fn_index=1, viewers=3), key=lambda turn: turn.open_s)
    first_end_s = min(turn.ended_s for turn in seen)
    assert seen[1].open_s < first_end_s <= seen[2].open_s


def test_the_reference_app_takes_arguments() -> None:
    """The reference app is deployed like any other, its own options given as on its command line."""
    with Target(parse_target(None), arguments=["--concurrency-limit", "3", "--max-threads", "7"]) as target:
        assert target.facts.max_threads == 7
        limits = {one.api_name: one.effective_limit for one in target.facts.endpoints.values()}
        assert {"simple": 3, "filters": 3, "unified": 3}.items() <= limits.items()


LAUNCHED_IN_PARTS = """
import gradio as gr, pathlib
import helper
with gr.Blocks() as part:
    gr.Textbox()
whole = gr.TabbedInterface([part, gr.Interface(lambda text: text, "text", "text")])
pathlib.Path("ran-here").touch()
print(helper.WORDS)
"""


def test_a_file_runs_as_in_its_own_folder(tmp_path: Path) -> None:
    """Its neighbours can be imported, relative paths hold, and of nested apps the whole one is served."""
    (tmp_path / "helper.py").write_text("WORDS = 'said by the neighbour'")
    (tmp_path / "app.py").write_text(LAUNCHED_IN_PARTS)
    with Target(TargetName("file", str(tmp_path / "app.py"))) as target:
        assert (tmp_path / "ran-here").exists()
        assert target.log_tail() == "said by the neighbour"
        assert not target.facts.endpoints
    assert not target.alive()
    assert target.log_tail() == "said by the neighbour"


def test_it_works_in_a_process_patched_by_gevent() -> None:
    """Locust's process is monkey-patched: deploying and ending an app works there, and greenlets run meanwhile."""
    code = """if True:
        import gevent.monkey; gevent.monkey.patch_all()
        import gevent, sys
        from bench.load.target import Target, parse_target
        beats = []
        gevent.spawn(lambda: [(beats.append(1), gevent.sleep(0.05)) for _ in range(10_000)])
        with Target(parse_target(sys.argv[1])) as target:
            print(target.alive(), len(target.facts.endpoints), len(beats) > 5)
        print(target.alive())
    """
    command = [sys.executable, "-c", code, str(APPS / "live_interface.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["True", "1", "True", "False"], done.stderr


NOISY = """
import gradio as gr, subprocess
child = subprocess.Popen(["sleep", "600"])
for _ in range(60_000):
    print("x" * 99)
print("helper", child.pid)
gr.Interface(lambda text: text, "text", "text").launch()
"""


def test_the_app_ends_with_a_killed_harness_and_leaves_nothing(tmp_path: Path) -> None:
    """By kill -9 of the harness: the app's process, a helper it started and its files are gone; its log was bounded."""
    (tmp_path / "app.py").write_text(NOISY)
    private = tmp_path / "private"
    private.mkdir()
    code = """if True:
        import sys, time
        from bench.load.target import Target, parse_target
        target = Target(parse_target(sys.argv[1])).start()
        print(target.pid, target.log_tail(1).split()[-1], flush=True)
        time.sleep(600)
    """
    harness = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "app.py")],
        env={**os.environ, "TMPDIR": str(private)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with harness:
        try:
            assert harness.stdout is not None
            app, helper = map(int, harness.stdout.readline().split())
            (log,) = private.glob("gradio-bench-*/app.log")
            until(lambda: log.stat().st_size < 1 << 20 and f"helper {helper}" in log.read_text(), "the log is cut")
        finally:
            harness.kill()
    until(lambda: gone(app) and gone(helper), "the app and its helper end")
    assert not list(private.iterdir())


FAILURES = {
    "broken": ("", "KeyError: 'missing-weights'"),
    "syntax": ("def broken(:\n", "SyntaxError"),
    "leaves": ("import sys; sys.exit('no GPU')", "no GPU"),
    "empty": ("answer = 42", "builds no Gradio app"),
    "needs": ("import a_module_nobody_has", "No module named 'a_module_nobody_has'"),
    "dies": ("import os, signal; print('about to'); os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
    "bad_option": ("import gradio as gr\ngr.Interface(str, 'text', 'text').launch(no_such=1)", "no_such"),
    "swallowed": (
        "import gradio as gr\ntry:\n    gr.Interface(str, 'text', 'text').launch(auth=1)\nexcept Exception: pass",
        "TypeError",
    ),
}
NAMES = {
    "several": (TargetName("file", str(APPS / "two_blocks.py")), "first, second"),
    "no_attribute": (TargetName("file", str(APPS / "two_blocks.py"), "third"), "third is no Gradio app"),
    "no_module": (TargetName("module", "a_module_nobody_has", "demo"), "no module a_module_nobody_has"),
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BenchError]:
    """Deploy every app that cannot be, two at a time, and keep what each raised."""
    folder = tmp_path_factory.mktemp("failures")
    wanted = {name: name_and_words[0] for name, name_and_words in NAMES.items()}
    for name, (text, _) in FAILURES.items():
        if text:
            (folder / f"{name}.py").write_text(text)
        wanted[name] = TargetName("file", str(folder / f"{name}.py")) if text else app_file(name)
    with ThreadPoolExecutor(2) as pool:
        raised: dict[str, Future[BenchError]] = {
            name: pool.submit(failure, Target(one)) for name, one in wanted.items()
        }
    return {name: future.result() for name, future in raised.items()}


def failure(target: Target) -> BenchError:
    """Return what deploying raises; it must raise, and leave no process behind."""
    with pytest.raises(BenchError) as caught:
        target.start()
    assert not target.alive()
    return caught.value


@pytest.mark.parametrize(
    ("name", "says"), [*((name, says) for name, (_, says) in (FAILURES | NAMES).items())], ids=[*FAILURES, *NAMES]
)
def test_an_app_that_cannot_be_deployed_is_told_why(failures: dict[str, BenchError], name: str, says: str) -> None:
    """Its own error, or what is missing, is in the message, with a remedy, as exit code 4; no traceback of ours."""
    error = failures[name]
    assert isinstance(error, TargetError)
    assert says in error.problem
    assert error.remedy
    assert "Traceback" not in str(error)
    assert "bench/load" not in str(error)


def test_a_broken_app_shows_its_own_lines(failures: dict[str, BenchError]) -> None:
    """The author sees the file and the lines of theirs that led to the error."""
    problem = failures["broken"].problem
    assert f"{APPS}/broken.py, line" in problem
    assert "weight = WEIGHTS[name]" in problem


def test_a_dying_app_shows_what_it_printed(failures: dict[str, BenchError]) -> None:
    """Where no exception can be told, the end of its log is."""
    assert "about to" in failures["dies"].problem


def test_an_override_for_no_endpoint_names_those_there_are() -> None:
    """A slip in an endpoint's name is wrong usage, and the right names are given."""
    with pytest.raises(UsageError, match="no streaming endpoint mirorr") as caught:
        Target(app_file("odd_layout"), endpoints={"mirorr": Overrides(time_limit_s=3)}).start()
    assert "fn_1, mirror, mirror_1" in caught.value.remedy


def test_a_port_in_use_is_refused_before_anything_starts() -> None:
    """The port is named, and the option that changes it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        target = Target(app_file("odd_layout"), port=port)
        with pytest.raises(UsageError, match=f"Port {port} cannot be used") as caught:
            target.start()
    assert "--port" in caught.value.remedy
    assert not target.alive()


def test_a_slow_start_is_given_up() -> None:
    """An app that is not up in time is ended, and the error says how long was waited."""
    target = Target(app_file("odd_layout"), timeout_s=0.05)
    with pytest.raises(TargetError, match=r"was not up after 0\.05 s"):
        target.start()
    assert gone(target.pid)


def test_what_runs_already_is_not_deployed() -> None:
    """A URL or a Space is somebody else's process."""
    with pytest.raises(UsageError, match="runs already"):
        Target(parse_target("http://127.0.0.1:7860")).start()
