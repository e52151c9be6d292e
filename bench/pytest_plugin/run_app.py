"""The gradio_bench fixture: one run, in processes of its own, and its Summary."""

import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bench.errors import InterruptError, UsageError
from bench.load.target_name import parse_target
from bench.metrics import Summary
from bench.pytest_plugin import GradioBenchWarning
from bench.pytest_plugin.turns import turn
from bench.run import EndedEarlyError, RunSettings, run
from bench.units import positive_seconds, seconds

_DEFAULTS: dict[str, Any] = {"viewers": None, "duration": "10s", "warmup": "2s"}
_SEQUENCES = {"endpoints", "inputs", "headers", "exports"}
_OURS = {"target", "url", "duration_s", "warmup_s", "out", "command", "environment"}


class GradioBench:
    """Called with an app and settings, it runs and returns the Summary.

    A setting of the command line wins over the call's own, which wins over the marker's.
    """

    def __init__(self, request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> None:
        self._node, self._config, self._folders = request.node, request.config, folders
        self._runs = 0

    def __call__(self, app: Any = None, **settings: Any) -> Summary:
        """Run `app` (`app.py`, `module:demo`, a URL, a Blocks object, "reference"; else the marker's) and summarise it.

        `settings` are named as the options of `gradio-bench run`: viewers, duration, warmup ("10s", or seconds),
        stream_every, time_limit, concurrency_limit, resolution, endpoints, inputs, seed, video, audio and so on, and
        `slo`, a file of objectives. Raises AssertionError when those are not met, or nobody can tell; UsageError and
        TargetError as the command does.
        """
        chosen = self._chosen(app, settings)
        app = chosen.pop("app")
        with ExitStack() as stack:
            stack.enter_context(turn())
            target = app if isinstance(app, str) else stack.enter_context(_launched(app))
            summary = _run(_settings(target, chosen, self._folder(), self._node.nodeid))
        if not summary.generator.healthy:
            warnings.warn(" ".join(summary.generator.reasons), GradioBenchWarning, stacklevel=2)
        return summary

    def _chosen(self, app: Any, settings: dict[str, Any]) -> dict[str, Any]:
        marker = self._node.get_closest_marker("gradio_bench")
        marked = dict(marker.kwargs) if marker else {}
        if marker and marker.args:
            marked["app"] = marker.args[0]
        called = settings if app is None else {"app": app, **settings}
        option = self._config.getoption
        forced = {name: option(f"--gradio-bench-{name}") for name in ("viewers", "duration")}
        chosen = {**_DEFAULTS, "slo": option("--gradio-bench-slo"), **marked, **called}
        chosen |= {name: value for name, value in forced.items() if value is not None}
        if chosen.get("app") is None:
            raise UsageError("Which app?", 'Call gradio_bench("app.py"), or mark the test with it.')
        return chosen

    def _folder(self) -> Path:
        """Choose a folder for this run, and tell reports of the test where it is."""
        self._runs += 1
        name = re.sub(r"[^\w.-]+", "-", self._node.nodeid).strip("-") + (f"-{self._runs}" if self._runs > 1 else "")
        kept = self._config.getoption("--gradio-bench-out")
        folder: Path = kept / name if kept else self._folders.mktemp("gradio-bench")
        self._node.user_properties.append(("gradio_bench", str(folder)))
        self._node.add_report_section("call", "gradio-bench", f"Results: {folder}")
        return folder


def _settings(target: str, chosen: dict[str, Any], out: Path, nodeid: str) -> RunSettings:
    """Make a run's settings of those of the call; raises UsageError for one that does not exist."""
    duration_s, warmup_s = (_seconds(chosen.pop(name)) for name in ("duration", "warmup"))
    slo = chosen.pop("slo")
    if slo is not None:
        chosen["slo"] = Path(slo)
    if "endpoint" in chosen:
        chosen["endpoints"] = chosen.pop("endpoint")
    known = {field.name for field in fields(RunSettings)} - _OURS
    if unknown := sorted(set(chosen) - known):
        raise UsageError(f"gradio_bench has no setting {unknown[0]!r}.", f"It has: {', '.join(sorted(known))}.")
    for name, value in chosen.items():
        if name in _SEQUENCES:
            chosen[name] = (value,) if isinstance(value, str) else tuple(value)
        elif value is not None and name in {"stream_every", "time_limit", "concurrency_limit"}:
            chosen[name] = str(value)
    return RunSettings(
        target=target,
        url=not parse_target(target).deployed,
        duration_s=duration_s,
        warmup_s=warmup_s,
        out=out,
        command=f"pytest {nodeid}",
        **chosen,
    )


def _seconds(value: Any) -> float:
    return seconds(value) if isinstance(value, str) else positive_seconds(str(value)) if value else 0.0


def _run(settings: RunSettings) -> Summary:
    try:
        summary = run(settings)
    except (EndedEarlyError, InterruptError) as ended:
        if ended.exit_code == InterruptError.exit_code:
            raise KeyboardInterrupt from None
        pytest.fail(str(ended), pytrace=False)
    verdict = summary.verdict
    if verdict.status in {"fail", "inconclusive"}:
        raise AssertionError(_why(verdict.status, verdict.checks, settings))
    return summary


def _why(status: str, checks: list[Any], settings: RunSettings) -> str:
    """Say which objectives were not met, or could not be judged."""
    wrong = [check for check in checks if check.status == status]
    head = "Objectives are not met:" if status == "fail" else "Nobody can tell whether the objectives are met:"
    return "\n".join([head, *(f"  {check.name}: {check.reason}" for check in wrong), f"Results: {settings.out}"])


@contextmanager
def _launched(blocks: Any) -> Iterator[str]:
    """Launch a Blocks object in this very process, unless it runs already, and give its URL."""
    if not hasattr(blocks, "launch"):
        raise UsageError(f"{blocks!r} is no app.", "Give app.py, module:demo, a URL or a Blocks object.")
    warnings.warn(
        "The app is an object, so it runs in a thread of the tests' own process and shares its interpreter: figures "
        "are worse than a server's. Name its file or module to have a process of its own.",
        GradioBenchWarning,
        stacklevel=3,
    )
    if getattr(blocks, "is_running", False):
        yield str(blocks.local_url)
        return
    _, url, _ = blocks.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True)
    try:
        yield str(url)
    finally:
        blocks.close(verbose=False)
