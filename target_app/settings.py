"""What the reference app can be told: the table of its pages with their defaults, and the settings as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

ConcurrencyLimit = int | None | Literal["default"]
"""How many streams may be open at once; None is no limit, "default" leaves it to Gradio (1)."""

RecogniserName = Literal["dtmf", "pocketsphinx"]


@dataclass(frozen=True, slots=True)
class PageSettings:
    """One page's stream. Seconds throughout; a `time_limit_s` of None is no limit.

    `sleep_s` and `cpu_s` are extra work for every frame: time asleep, and CPU time burnt on the handler's thread.
    `recogniser` is what a page that listens understands; None on the others.
    """

    time_limit_s: float | None
    stream_every_s: float
    concurrency_limit: ConcurrencyLimit = "default"
    sleep_s: float = 0.0
    cpu_s: float = 0.0
    recogniser: RecogniserName | None = None


PAGES: Mapping[str, PageSettings] = MappingProxyType(
    {
        "simple": PageSettings(time_limit_s=15, stream_every_s=0.1, concurrency_limit=30),
        "filters": PageSettings(time_limit_s=30, stream_every_s=0.1, concurrency_limit=30),
        "unified": PageSettings(time_limit_s=30, stream_every_s=0.1),
        "objects": PageSettings(time_limit_s=30, stream_every_s=0.1, concurrency_limit=30),
        "audio": PageSettings(time_limit_s=10, stream_every_s=1, recogniser="dtmf"),
    }
)
"""The pages in their order, with the streaming guide's settings; page NAME lives in `target_app/pages/NAME.py`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole app's settings. A `queue_size` of None is no limit; port 0 is any free port."""

    pages: Mapping[str, PageSettings] = field(default_factory=lambda: PAGES)
    max_threads: int = 40
    queue_size: int | None = None
    host: str = "127.0.0.1"
    port: int = 7860
