"""gradio_client's Client, reduced to what discovery needs of it."""

from contextlib import suppress
from typing import Any

import httpx
from gradio_client import Client

_ASLEEP = frozenset({"SLEEPING", "BUILDING", "APP_STARTING", "STOPPED"})
"""Stages of a Space that a visit, or time, ends."""


class AsleepError(ValueError):
    """A Space is in one of the stages that pass; visiting it has begun to wake it."""


class AppClient(Client):  # type: ignore[misc]  # gradio_client ships no type information
    """gradio_client's Client reduced to what discovery needs: it starts no heartbeat, telemetry or schema request."""

    def _get_space_state(self) -> Any:
        stage = super()._get_space_state()
        if str(getattr(stage, "value", stage)) in _ASLEEP:
            with suppress(httpx.HTTPError):
                httpx.get(self.src, headers=self.headers, verify=self.ssl_verify, **self.httpx_kwargs)
            raise AsleepError(str(getattr(stage, "value", stage)))
        return stage

    def _login(self, auth: tuple[str, str]) -> None:
        """Log in with the headers on: what stands before the app may want them here too, and Gradio sends none."""
        self.httpx_kwargs["headers"] = self.headers
        try:
            super()._login(auth)
        finally:
            del self.httpx_kwargs["headers"]

    def _get_config(self) -> dict[str, Any]:
        config = super()._get_config()
        if "dependencies" not in config or "components" not in config:
            raise ValueError("the answer is no Gradio config")
        return {**config, "connect_heartbeat": False}

    def _get_api_info(self) -> dict[str, Any]:
        return {"named_endpoints": {}, "unnamed_endpoints": {}}

    def _telemetry_thread(self) -> None:
        """Send nothing: the environment variable that forbids it is read too early to be set here."""
