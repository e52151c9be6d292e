"""From a ledger to its figures: what viewers saw, how they waited, and whether the generator can be believed.

Everything is worked out from rows, offline, with vectorised numpy: 10 million frames fit in seconds and under 2 GB.
Every figure covers the measured window (`bench.metrics.window`); each module says how what crosses its edges counts.
"""

from bench.metrics.distribution import Distribution
from bench.metrics.endpoint import Endpoint, Frames, Sound
from bench.metrics.error_bars import ErrorBars, decidable
from bench.metrics.figures import Generator, Summary, Usage
from bench.metrics.summary import summarise

__all__ = [
    "Distribution",
    "Endpoint",
    "ErrorBars",
    "Frames",
    "Generator",
    "Sound",
    "Summary",
    "Usage",
    "decidable",
    "summarise",
]
