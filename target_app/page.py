"""What a page is: the shape of every module in `target_app.pages`, and how one is found by its name."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from target_app.settings import PageSettings
from target_app.work import Handler

Bind = Callable[[Any, Handler, Sequence[Any], Sequence[Any]], None]
"""Makes a handler the page's stream: streaming component, handler, inputs, outputs."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a page is drawn on: the settings it runs with, and how to bind its handler to its stream."""

    settings: PageSettings
    bind: Bind


class Page(Protocol):
    """A module of `target_app.pages`."""

    TITLE: str
    EXPLANATION: str

    @staticmethod
    def layout(stage: Stage) -> None:
        """Draw the page inside the Blocks at hand and bind its handler to its stream.

        Raises UsageError when a setting asks for something that is not installed.
        """


def find(name: str) -> Page:
    """Import the page of that name."""
    return cast("Page", importlib.import_module(f"target_app.pages.{name}"))
