"""The tab "Streams" of Locust's web UI: its page, the data it asks for, and the report so far."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request, send_file, send_from_directory
from gevent.lock import BoundedSemaphore

import bench.live
from bench.load.progress import Watch
from bench.load.session import Session

PREFIX = "streams"
PAGE = Path(bench.live.__file__).parent / "page"
FILES = {
    "report.html": "",
    "results.json": "",
    "summary.md": "markdown",
    "frames.csv": "csv",
    "streams.csv": "csv",
    "trace.json.gz": "trace",
}
"""What can be downloaded of the run so far, and the export that writes it."""

_SCRIPTS = ("bokeh.min.js", "bokeh-api.min.js")
_TAB = f'<script src="./{PREFIX}/tab.js" defer></script>'
_PATIENCE_S = 300.0


def add_tab(web_ui: Any, session: Session, watch: Watch, base_path: str | None) -> None:
    """Add the tab to Locust's web UI, behind its login where it has one.

    Locust draws a tab for each entry of `extended_tabs`, but can only fill it with a table: a script in the page does.
    """
    tabs = web_ui.template_args.setdefault("extended_tabs", [])
    tabs.append({"title": "Streams", "key": PREFIX})
    web_ui.app.register_blueprint(_blueprint(web_ui.auth_required_if_enabled, session, watch, base_path or ""))

    @web_ui.app.after_request  # type: ignore[untyped-decorator]  # Locust's app is Any
    def with_script(response: Response) -> Response:
        if request.endpoint == "locust.index" and response.mimetype == "text/html" and not response.is_streamed:
            page = response.get_data(as_text=True)
            response.set_data(page.replace("</body>", f"{_TAB}</body>"))
        return response


def _blueprint(guarded: Callable[[Any], Any], session: Session, watch: Watch, base_path: str) -> Blueprint:
    routes = Blueprint("gradio_bench", __name__, url_prefix=f"{base_path.rstrip('/')}/{PREFIX}")
    busy = BoundedSemaphore(1)

    @routes.get("/")
    @guarded
    def page() -> Response:
        return send_from_directory(PAGE, "index.html")

    @routes.get("/<name>")
    @guarded
    def file(name: str) -> Response:
        return send_from_directory(_bokeh() if name in _SCRIPTS else PAGE, name)

    @routes.get("/data")
    @guarded
    def data() -> Response:
        known = request.args.get("run", 0, int) == watch.runs
        return jsonify(news(session, watch, request.args.get("since", 0, int) if known else 0))

    @routes.get("/report/<name>")
    @guarded
    def report(name: str) -> Response:
        if name not in FILES or not (session.out / "ledger").is_dir():
            abort(404)
        with busy:  # each takes a core for a while
            return _so_far(session.out.resolve() / "ledger", name)

    return routes


def news(session: Session, watch: Watch, since: int) -> dict[str, Any]:
    """Tell what the page needs: where the run stands, its endpoints, and the samples after `since`."""
    now = watch.history.now
    endpoints = [
        {
            "api_name": one.api_name,
            "captured": one.captured,
            "fates": dict(one.fates),
            "open": one.open,
            "waiting": one.waiting,
            "limit": one.limit,
            "errors": one.errors,
        }
        for one in now.endpoints
    ]
    return {
        "run": watch.runs,
        "phase": watch.phase,
        "elapsed_s": watch.elapsed_s,
        "warmup_s": session.options.warmup_s,
        "viewers": now.viewers,
        "endpoints": endpoints,
        **watch.history.since(since),
    }


def _so_far(ledger: Path, name: str) -> Response:
    """Let a process of its own write the file from a copy of the ledger: viewers must not wait for it."""
    folder = Path(tempfile.mkdtemp(prefix="gradio-bench-"))
    command = [sys.executable, "-m", "bench.report", str(ledger), str(folder), FILES[name]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - ours
    if done.returncode or not (folder / name).is_file():
        shutil.rmtree(folder)
        return make_response(f"There is no {name} yet. {done.stderr.strip()}", 503)
    response = send_file(folder / name, as_attachment=True, download_name=f"gradio-bench-{name}", max_age=0)
    response.direct_passthrough = False  # passed through, it would not tell when it is closed
    response.call_on_close(lambda: shutil.rmtree(folder, ignore_errors=True))
    return response


def _bokeh() -> Path:
    """Find the folder of Bokeh's scripts without importing Bokeh, which takes a good part of a second."""
    spec = find_spec("bokeh")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "server" / "static" / "js"
