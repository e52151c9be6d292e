"""Inputs changed while streaming: how long until their effect showed."""

from collections import defaultdict
from typing import Any

import numpy as np

from bench.ledger import Ledger
from bench.metrics.distribution import Distribution
from bench.metrics.endpoint import Change
from bench.metrics.window import Window


def input_changes(ledger: Ledger, api_name: str, window: Window) -> list[Change]:
    """Sum up an endpoint's `change` notes by input; one belongs to the window by the instant its effect showed."""
    by_input: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for note in ledger.notes:
        shown = note["note"] == "change" and note["endpoint"] == api_name
        if shown and window.begin_s <= note["at_s"] < window.end_s:
            by_input[note["input"]].append(note)
    return [
        Change(
            input=name,
            count=len(notes),
            shown_after_s=Distribution.of(np.array([note["duration_s"] for note in notes], np.float64)),
            mean_pictures=sum(note["pictures"] for note in notes) / len(notes),
        )
        for name, notes in by_input.items()
    ]
