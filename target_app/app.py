"""The reference app itself: settings in, a Gradio app and the options to launch it with out."""

import inspect
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Navbar
from gradio.events import api

from bench.errors import UsageError
from target_app import page as pages
from target_app import texts
from target_app.page import Bind, Stage
from target_app.settings import PageSettings, Settings
from target_app.style import CSS
from target_app.work import Handler, Tally, at_work


def build(settings: Settings) -> gr.Blocks:
    """Build the app with its queue set up, not yet launched.

    Besides one streaming endpoint for each page it has two that tell what each page's handler was given: `calls`, how
    often it was called, and `heard`, how many seconds of sound that makes. Raises UsageError as a page's layout does.
    Turns Gradio's analytics off for the whole process: a server under load should call nobody.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    calls, heard = Tally(settings.pages), Tally(settings.pages)
    demo = gr.Blocks(title=texts.TITLE, analytics_enabled=False, **_accepted(gr.Blocks.__init__, {"css": CSS}))
    with demo, _column("overview"):
        gr.Markdown(texts.overview(settings))
        _add_endpoint("calls", calls, "How often each page's handler was called.")
        _add_endpoint("heard", heard, "How many seconds of sound each page's handler was given.")
    for name, page_settings in settings.pages.items():
        page = pages.find(name)
        with demo.route(page.TITLE, name), _column(name):
            gr.Markdown(texts.heading(page, page_settings))
            page.layout(Stage(page_settings, _binder(name, page_settings, calls, heard)))
    demo.queue(max_size=settings.queue_size)
    return demo


def launch_options(settings: Settings) -> dict[str, Any]:
    """Say what to pass to `Blocks.launch`; a port of 0 becomes a free one.

    Raises UsageError when the host and port cannot be listened on.
    """
    wanted = {
        "server_name": settings.host,
        "server_port": _usable_port(settings.host, settings.port),
        "max_threads": settings.max_threads,
        "css": CSS,
        "quiet": True,
        "share": False,
        "ssr_mode": False,
        "run_history": False,
        "footer_links": [],
    }
    return _accepted(gr.Blocks.launch, wanted)


def _column(name: str) -> gr.Column:
    Navbar(main_page_name="Overview")
    return gr.Column(elem_classes=["page", name])


def _add_endpoint(name: str, tally: Tally, description: str) -> None:
    """Outside the queue and without a thread, so that asking takes nothing from the streams being counted."""

    async def tell() -> dict[str, float]:
        return tally.totals()

    api(tell, api_name=name, api_description=description, queue=False)


def _binder(name: str, settings: PageSettings, calls: Tally, heard: Tally) -> Bind:
    def bind(source: Any, handle: Handler, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        source.stream(
            at_work(handle, name, settings, calls, heard),
            inputs,
            outputs,
            api_name=name,
            time_limit=settings.time_limit_s,
            stream_every=settings.stream_every_s,
            concurrency_limit=settings.concurrency_limit,
            **_progress(source, inputs, outputs),
        )

    return bind


def _progress(source: Any, inputs: Sequence[Any], outputs: Sequence[Any]) -> dict[str, Any]:
    """Show no progress: at every frame its clock would flicker over the results.

    A camera that is also the output has to be spared by name, or every frame resets its Stop button.
    """
    if source not in outputs:
        return {"show_progress": "hidden"}
    return {"show_progress": "hidden", "show_progress_on": [other for other in inputs if other not in outputs]}


def _accepted(target: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the options that `target` takes: Gradio 6 moved `css` from Blocks to launch, and added others."""
    known = inspect.signature(target).parameters
    return {name: value for name, value in options.items() if name in known}


def _usable_port(host: str, port: int) -> int:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        raise UsageError(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            "Name another --port (0 takes a free one) or another --host.",
        ) from None
