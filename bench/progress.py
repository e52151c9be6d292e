"""Progress of a run on standard error: a live line where there is a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

PLAIN_EVERY_S = 5.0


class ProgressDisplay:
    """Shows the lines that a run's process sends; `total_s` is warm-up and measured time together."""

    def __init__(self, console: Console, total_s: float, warmup_s: float, starting: str) -> None:
        self._console, self._total_s, self._warmup_s = console, total_s, warmup_s
        self._live = Live(Text(starting), console=console, transient=True) if console.is_terminal else None
        self._printed_s = 0.0
        if self._live is None:
            console.print(starting)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, line: dict[str, Any]) -> None:
        """Show one line of progress; a notice stays on the screen."""
        if line["phase"] == "notice":
            self._console.print(line["text"], soft_wrap=True, highlight=False, markup=False)
            return
        text = Text(self._words(line))
        if self._live is not None:
            self._live.update(text)
        elif line["phase"] not in {"running", "preparing"} or time.monotonic() - self._printed_s >= PLAIN_EVERY_S:
            self._printed_s = time.monotonic()
            self._console.print(text, soft_wrap=True)

    def _words(self, line: dict[str, Any]) -> str:
        if line["phase"] == "interrupted":
            return "Interrupted: closing the books (Ctrl-C again to give up) ..."
        if line["phase"] == "preparing":
            return str(line["text"])
        if line["phase"] == "finishing":
            return "Finishing: waiting for the last results ..."
        elapsed_s = line["elapsed_s"]
        warming = " (warming up)" if elapsed_s < self._warmup_s else ""
        head = f"{min(elapsed_s, self._total_s):3.0f} of {self._total_s:.0f} s{warming}, {line['viewers']} viewers"
        return "\n".join([head, *(_endpoint(one) for one in line["endpoints"] if one["fates"] or one["waiting"])])


def _endpoint(one: dict[str, Any]) -> str:
    fates = one["fates"]
    captured = sum(fates.values())
    parts = [f"{one['open']} open, {one['waiting']} waiting"]
    if captured:
        parts.append(f"{captured} frames, {fates.get('delivered', 0) / captured:.0%} delivered")
    if one["latency_p50_s"] is not None:
        parts.append(f"latency p50 {one['latency_p50_s'] * 1000:.0f} ms, p95 {one['latency_p95_s'] * 1000:.0f} ms")
    return f"  {one['api_name']}: " + " · ".join(parts)
