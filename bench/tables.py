"""Tables: rows of one dtype, laid one after another without ever being held twice."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bench.errors import LedgerError


class Table:
    """Rows of `dtype`. Room for `expected_bytes` is set aside, which the system claims only as it is filled."""

    def __init__(self, dtype: np.dtype[np.void], expected_bytes: int) -> None:
        self._space = np.empty(expected_bytes // dtype.itemsize + 1, dtype)
        self.count = 0

    @property
    def rows(self) -> NDArray[np.void]:
        """The rows so far, as a view."""
        return self._space[: self.count]

    def append(self, payload: bytes) -> None:
        """Add the rows of one block; raises LedgerError when it does not hold whole rows."""
        if len(payload) % self._space.dtype.itemsize:
            raise LedgerError(
                "The ledger's rows are of another shape.", "Read it with the version of gradio-bench that wrote it."
            )
        rows = np.frombuffer(payload, self._space.dtype)
        if self.count + rows.size > self._space.size:  # the file grew while it was read
            self._space = np.concatenate([self.rows, np.empty(self.count + rows.size, rows.dtype)])
        self._space[self.count : self.count + rows.size] = rows
        self.count += rows.size

    def shift(self, begin: int, names: Iterable[str], offset_s: float) -> None:
        """Add `offset_s` to the fields `names` of the rows from `begin` on."""
        for name in names:
            self._space[name][begin : self.count] += offset_s
