"""The reference app as `build` and `launch_options` make it for whoever launches it."""

import os

import pytest

from bench.errors import UsageError
from target_app.app import build, launch_options
from target_app.settings import PAGES, PageSettings, Settings


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`build` turns analytics off for its process: give this one its environment back afterwards."""
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "True")


def test_every_page_has_a_function_of_its_own() -> None:
    """Endpoints that shared a function would share the lowest of their concurrency limits: none may."""
    streams = [fn for fn in build(Settings()).fns.values() if fn.api_name in PAGES]
    assert {fn.api_name: fn.concurrency_limit for fn in streams} == {
        name: page.concurrency_limit for name, page in PAGES.items()
    }
    assert len({fn.concurrency_id for fn in streams}) == len(PAGES)


def test_build_uses_the_settings_it_is_given() -> None:
    """The pages named, and no others, with the queue's size."""
    demo = build(Settings(pages={"filters": PageSettings(None, 0.5, None)}, queue_size=7))
    (stream,) = (fn for fn in demo.fns.values() if fn.connection == "stream")
    assert (stream.api_name, stream.time_limit, stream.stream_every, stream.concurrency_limit) == (
        "filters",
        None,
        0.5,
        None,
    )
    assert demo._queue.max_size == 7


def test_nothing_calls_home() -> None:
    """Building the app turns Gradio's analytics off for the process and launching it shares nothing."""
    demo = build(Settings())
    assert not demo.analytics_enabled
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert launch_options(Settings(port=0))["share"] is False


def test_an_address_of_another_machine_is_refused() -> None:
    """A host that this machine does not have is a wrong option, named with its remedy (192.0.2.1 is TEST-NET-1)."""
    with pytest.raises(UsageError, match=r"Cannot listen on 192\.0\.2\.1.*\n.*another --host"):
        launch_options(Settings(host="192.0.2.1"))


def test_launch_options_find_a_free_port() -> None:
    """Port 0 becomes a real port, because Gradio's own URL would otherwise name port 0."""
    options = launch_options(Settings(max_threads=4, port=0))
    assert options["server_port"] > 0
    assert (options["server_name"], options["max_threads"]) == ("127.0.0.1", 4)
