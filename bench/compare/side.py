"""One side of a comparison, live: an app and its viewers, who come for a block and go when they are told to."""

import os
import queue
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.compare.blocks import Block, read_blocks
from bench.errors import BenchError, TargetError, UsageError
from bench.ledger import Ledger
from bench.run import RunSettings, drive
from bench.units import seconds

_PATIENCE_S = 30.0  # for an order to be carried out: viewers wait two seconds for their last results
_EVERY_S = 0.2
_FIRST_RESULT_S = 60.0


class Side:
    """Deploys or finds its app within the `with` block; `name` is how people call it.

    Errors of the run's own process come out of the method that was waiting for it.
    """

    def __init__(self, name: str, settings: RunSettings) -> None:
        self.name, self.settings = name, settings
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._orders, self._ours = os.pipe()
        self._read = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        os.close(self._ours)  # the end of the pipe ends the run
        self._thread.join(_PATIENCE_S)

    @property
    def ledger(self) -> Path:
        """Where its rows are."""
        return self.settings.out / "ledger"

    def warm_up(self, length_s: float) -> None:
        """Wait for the first result, have it go on for a while, and send the viewers away.

        Raises TargetError when no result ever comes, and what the run's process found wrong.
        """
        self._await(_has_result, _FIRST_RESULT_S + self._patience_s(), "No result came: there is nothing to compare.")
        time.sleep(length_s)
        self._tell("off")

    def play(self, length_s: float) -> None:
        """Have the viewers come, stay, and go. Raises as `warm_up` does."""
        self._tell("on")
        time.sleep(length_s)
        self._tell("off")

    def blocks(self, warmup_s: float) -> list[Block]:
        """Summarise the blocks played since the last call."""
        found = read_blocks(Ledger.read(self.ledger), warmup_s, self._read)
        self._read += len(found)
        return found

    def stream_every_s(self) -> float:
        """Tell the longest tick of its endpoints."""
        return max(float(one["settings"]["stream_every_s"]) for one in Ledger.read(self.ledger).meta["endpoints"])

    def endpoints(self) -> list[str]:
        """Name the endpoints driven."""
        return [one["api_name"] for one in Ledger.read(self.ledger).meta["endpoints"]]

    def _run(self) -> None:
        try:
            code = drive(self.settings, self._lines.put, self._orders)
            died = "The app died." if code == TargetError.exit_code else "The process that makes its load ended."
            self._error = TargetError(f"{self.name}: {died}", f"{self.settings.out / 'locust.log'} may say why.")
        except BenchError as error:
            kind = TargetError if isinstance(error, TargetError) else UsageError
            self._error = kind(f"{self.name}: {error.problem}", error.remedy)
        except BaseException as error:
            self._error = error
        self._lines.put({"phase": "over"})

    def _patience_s(self) -> float:
        return seconds(self.settings.start_timeout) if self.settings.start_timeout else 300.0

    def _tell(self, order: str) -> None:
        with suppress(OSError):  # its end of the pipe is gone: what is awaited tells why
            os.write(self._ours, f"{order}\n".encode())
        self._await(lambda line: line["phase"] == "block", _PATIENCE_S, f"Its viewers did not obey ({order}).")

    def _await(self, wanted: Any, most_s: float, otherwise: str) -> None:
        deadline_s = time.monotonic() + most_s
        while time.monotonic() < deadline_s:
            try:
                line = self._lines.get(timeout=_EVERY_S)
            except queue.Empty:
                continue
            if line["phase"] == "over":
                self._lines.put(line)
                assert self._error is not None
                raise self._error
            if wanted(line):
                return
        raise TargetError(f"{self.name}: {otherwise}", f"{self.settings.out / 'locust.log'} may say why.")


def _has_result(line: dict[str, Any]) -> bool:
    """Tell whether the app has answered; one that only fails is to be compared, too."""
    answers = ("delivered", "unattributed", "failed", "rejected")
    return any(one["fates"].get(fate) for one in line.get("endpoints", ()) for fate in answers)
