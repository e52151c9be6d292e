"""In which output an endpoint's marks come back: found out in the run where several of them could carry marks."""

from collections.abc import Callable
from typing import Any

from bench.wire.endpoint import Endpoint, Output

Candidates = list[tuple[int, Any]]
"""Outputs by index, each with its value in one result, in the order in which they are to be read."""


class MarkedOutputs:
    """The outputs of one endpoint to be read for marks, for all viewers of a process.

    A status text beside a sound, or a picture without marks beside one with them: which of them tells, the first mark
    that is read decides, and `moved` is called with the output where that is not the first candidate. A text before it
    is read all the same, which costs nothing, and counts from the moment it speaks: it tells more than a sound.
    """

    def __init__(self, endpoint: Endpoint, moved: Callable[[int], Any]) -> None:
        first = endpoint.marked_output
        self._outputs: tuple[Output, ...] = endpoint.outputs
        self._read = () if first is None else (first, *endpoint.also_marked)
        self._chosen = first
        self._moved = moved
        self.legible = False
        """Whether any mark has been read."""

    def candidates(self, data: list[Any]) -> Candidates:
        """Pick what is to be read of a result: each only where those before it held no mark. Some may be None."""
        return [(output, data[output]) for output in self._read if output < len(data)]

    def found(self, output: int) -> None:
        """Take note of a mark read in `output`: nothing that costs more, or tells less, is looked at again."""
        self.legible = True
        if output not in self._read:  # one that was still being read when another was found
            return
        before = self._read[: self._read.index(output)]
        self._read = (*(one for one in before if self._outputs[one].kind == "text"), output)
        if output != self._chosen:
            self._chosen = output
            self._moved(output)
