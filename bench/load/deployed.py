"""The process an app under test runs in: finds the app, changes its settings, launches it, and says how that went.

Run as `python -P -m bench.load.deployed FD`, where FD is one end of a socket pair (see `bench.load.lifeline`).
"""

import functools
import importlib
import inspect
import os
import runpy
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import gradio as gr

from bench.errors import BenchError, TargetError, UsageError
from bench.load.app_error import describe
from bench.load.lifeline import Lifeline, park
from bench.load.limits import apply_overrides, facts
from target_app.command_line import parse

HOST = "127.0.0.1"
_OURS = ("server_", "ssl_", "share", "node_")
"""Beginnings of the launch options that are the harness's to say; the author's own are dropped."""
_FORCED = {
    "server_name": HOST,
    "share": False,
    "inbrowser": False,
    "inline": False,
    "debug": False,
    "quiet": True,
    "prevent_thread_lock": True,
    "ssr_mode": False,  # a Node server of its own would outlive a kill -9
    "num_workers": None,
    "root_path": None,
}

_launch: Callable[..., Any] = gr.Blocks.launch
_signature = inspect.signature(_launch)


class Deployment:
    """One app on its way from a file, a module or the reference app to a server on loopback."""

    def __init__(self, line: Lifeline) -> None:
        self._line = line
        self._orders = line.orders
        self._root = Path.cwd()
        self._asked: dict[int, dict[str, Any]] = {}
        self._serving = False

    def run(self) -> NoReturn:
        """Find the app and serve it, or report why not; either way stay until the lifeline ends the process."""
        gr.Blocks.launch = self._intercepted()  # type: ignore[method-assign]  # so an unguarded launch is ours
        try:
            app = self._find()
            if app is not None:
                self._serve(app, self._asked.get(id(app), {}))
        except BaseException as error:  # whatever the app raises, SystemExit too, is for the report
            self._fail(error)
        park()

    def _intercepted(self) -> Callable[..., Any]:
        """Make the stand-in for `Blocks.launch`: the app that launches itself is the one to serve.

        As in a plain run it does not return, unless the author asked for that or named another app to serve.
        """

        @functools.wraps(_launch)  # an app may ask for the signature
        def launch(blocks: gr.Blocks, *args: Any, **kwargs: Any) -> Any:
            asked = dict(_signature.bind(blocks, *args, **kwargs).arguments)
            asked.pop("self")
            self._asked[id(blocks)] = asked
            result: Any = (None, "", None)
            if not self._orders["attribute"]:
                if not self._serving:
                    result = self._serve_or_fail(blocks, asked)
                if not asked.get("prevent_thread_lock"):
                    park()
            return result

        return launch

    def _find(self) -> gr.Blocks | None:
        """Load the app as its author wrote it; None when it launched itself on the way and is being served."""
        kind, attribute = self._orders["kind"], self._orders["attribute"]
        if kind == "reference":
            return self._reference()
        if kind == "module":
            sys.path.insert(0, str(self._root))
            namespace = vars(_module(self._orders["text"]))
        else:
            namespace = self._run_file(Path(self._orders["text"]).resolve())
        if self._serving:
            return None
        return _named(namespace, attribute) if attribute else self._only(namespace)

    def _reference(self) -> gr.Blocks:
        arguments = [*self._orders["arguments"], "--host", HOST, "--port", "0"]
        settings = parse(arguments, os.environ)
        module = importlib.import_module("target_app.app")
        app: gr.Blocks = module.build(settings)
        self._asked[id(app)] = module.launch_options(settings)
        return app

    def _run_file(self, path: Path) -> dict[str, Any]:
        """Run the file as `python file.py` in its own folder would."""
        self._root = path.parent
        os.chdir(self._root)
        sys.path.insert(0, str(self._root))
        sys.argv = [str(path), *self._orders["arguments"]]
        return runpy.run_path(str(path), run_name="__main__")

    def _only(self, namespace: dict[str, Any]) -> gr.Blocks:
        """Choose the one app in sight; apps drawn inside another do not count."""
        found = {name: value for name, value in namespace.items() if isinstance(value, gr.Blocks)}
        whole = {id(app): name for name, app in found.items() if not _is_part(app, list(found.values()))}
        if len(whole) == 1:
            return found[next(iter(whole.values()))]
        if not whole:
            raise TargetError(
                f"{self._orders['text']} builds no Gradio app: no Blocks and no Interface in it.",
                "Name the file that builds the app, or module:demo.",
            )
        names = sorted(whole.values())
        raise TargetError(
            f"{self._orders['text']} holds several apps and launches none: {', '.join(names)}.",
            f"Say which: {self._orders['text']}:{names[0]}",
        )

    def _serve_or_fail(self, app: gr.Blocks, asked: dict[str, Any]) -> Any:
        try:
            return self._serve(app, asked)
        except BaseException as error:  # an author's own try around launch() must not swallow it
            self._fail(error)
            park()

    def _serve(self, app: gr.Blocks, asked: dict[str, Any]) -> Any:
        self._serving = True
        if not isinstance(app.fns, dict):
            raise TargetError(f"Gradio {gr.__version__} is too old to be deployed.", "Upgrade it to 5.0 or later.")
        apply_overrides(app.fns.values(), self._orders)
        options = {name: value for name, value in asked.items() if not name.startswith(_OURS)}
        options |= {name: value for name, value in _FORCED.items() if name in _signature.parameters}
        if self._orders["max_threads"]:
            options["max_threads"] = self._orders["max_threads"]
        result = _launch(app, server_port=self._orders["port"] or _free_port(), **options)
        self._line.report(
            {
                "url": str(app.local_url).rstrip("/"),
                "max_threads": app.max_threads,
                "endpoints": facts(app.fns.values(), app._queue.default_concurrency_limit, app.max_threads),
            }
        )
        return result

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, BenchError):
            usage = isinstance(error, UsageError)
            self._line.report({"error": error.problem, "remedy": error.remedy, "usage": usage})
        else:
            self._line.report({"error": describe(error, self._root)})


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(error.name + ".")):
            raise  # the module is there, and misses one of its own imports
        raise TargetError(
            f"There is no module {name}.", f"Looked in {Path.cwd()} and in the installed packages."
        ) from None


def _named(namespace: dict[str, Any], attribute: str) -> gr.Blocks:
    first, *rest = attribute.split(".")
    value = namespace.get(first)
    for part in rest:
        value = getattr(value, part, None)
    if callable(value) and not isinstance(value, gr.Blocks):
        value = value()
    if isinstance(value, gr.Blocks):
        return value
    apps = sorted(name for name, other in namespace.items() if isinstance(other, gr.Blocks))
    has = f"It has {', '.join(apps)}." if apps else "It has no Blocks and no Interface."
    raise TargetError(f"{attribute} is no Gradio app.", has)


def _is_part(app: gr.Blocks, others: list[gr.Blocks]) -> bool:
    return any(other is not app and app.blocks.items() <= other.blocks.items() for other in others)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def main() -> NoReturn:
    """Take the orders from the socket and deploy the app."""
    line = Lifeline(int(sys.argv[1]))
    line.watch()
    Deployment(line).run()


if __name__ == "__main__":
    main()
