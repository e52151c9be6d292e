"""Locust users: each is one viewer of a streaming endpoint. Importing this module registers the harness's hooks."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent
from locust import User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser

from bench.load import hooks
from bench.load.tour import Tour, plan
from bench.load.viewer import Viewer

hooks.register(events)


class StreamUser(User):
    """A person with one open tab, whose camera or microphone streams to the endpoint `api_name`.

    With `api_name` None it watches whatever the app has, one endpoint after another. An `optional` user overlaps
    another one: it takes part only when asked for by class name, or when nothing else fits the app. Where a run has
    fewer users than pages, those that only watch go from page to page (see `bench.load.tour`); `tours` says whether a
    user would, and is False for one with tasks of its own.
    """

    abstract = True
    api_name: str | None = None
    optional = False
    tours = True
    wait_time = constant(0)

    def __init_subclass__(cls, **settings: Any) -> None:
        """Drop `watch` from the tasks of a user that has tasks of its own: with them the tab is open anyway."""
        super().__init_subclass__(**settings)
        cls.tasks = [one for one in cls.tasks if one is not StreamUser.watch] or cls.tasks
        cls.tours = cls.tours and list(cls.tasks) == [StreamUser.watch]

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.viewer: Viewer | None = None
        self._tour: Tour | None = None
        self._came_s = 0.0

    @classmethod
    def fits(cls, api_names: set[str]) -> bool:
        """Whether an app with these endpoints has something for this user."""
        return cls.api_name is None or cls.api_name in api_names

    def on_start(self) -> None:
        """Open the tab and start the camera."""
        self._tour = plan(self.environment)
        self.open_tab()

    def on_stop(self) -> None:
        """Close the tab."""
        self.close_tab()

    def visit(self, *, heartbeat: bool = True) -> None:
        """Open the tab and stay for as long as `wait_time` says."""
        self.open_tab(heartbeat=heartbeat)
        if self.viewer is None:
            raise StopUser
        self.wait()  # type: ignore[no-untyped-call]  # Locust annotates only in part

    def open_tab(self, *, heartbeat: bool = True) -> None:
        """Come as a new viewer and start the camera; unlike any browser's, the tab may have no heartbeat."""
        session = hooks.session(self.environment)
        pages = self._tour.pages if self._tour else (self.api_name,) if self.api_name else ()
        self.viewer = session.new_viewer(pages) if session is not None else None
        self._came_s = time.monotonic()
        if self.viewer is not None:
            self.viewer.start(heartbeat=heartbeat)

    def close_tab(self) -> None:
        """Close the stream and the tab: in a greenlet of its own, for Locust kills this one."""
        self._go(Viewer.leave)

    def vanish(self, *, silently: bool = False) -> None:
        """Be gone without a word: all connections die at once, or, `silently`, stay open and carry nothing more.

        The results tell how long the server kept the slots of those who vanished.
        """
        self._go(partial(Viewer.vanish, silently=silently))

    def _go(self, how: Callable[[Viewer], None]) -> None:
        viewer, self.viewer = self.viewer, None
        if viewer is not None:
            gevent.spawn(how, viewer)

    def change_input(self, label: str, value: Any) -> None:
        """Change the input labelled `label` and have it reported when the change shows.

        Locust gets a row CHANGE with the time that took, the ledger a note with the number of pictures as well.
        Raises UsageError when the endpoint has no such input.
        """
        if self.viewer is not None:
            self.viewer.set_input(label, value)

    @task
    def watch(self) -> None:
        """Keep the tab open; the viewer's own greenlets do the work."""
        if self.viewer is None:
            raise StopUser
        gevent.sleep(1)
        if self._tour is not None and time.monotonic() - self._came_s >= self._tour.stay_s:
            self.close_tab()
            self.open_tab()

    def context(self) -> dict[str, Any]:
        """Return what goes with each of this user's requests: nothing."""
        return {}
