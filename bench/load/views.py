"""Who may look at a run while it goes on: Locust's page, Prometheus, an OpenTelemetry collector."""

import logging
from typing import Any

from bench.live import otel, prometheus
from bench.load.addresses import read_addresses
from bench.load.progress import Watch
from bench.load.roles import Role
from bench.load.session import Session
from bench.load.tab import add_tab

logger = logging.getLogger("gradio-bench")


def open_views(environment: Any, session: Session, role: Role) -> Watch:
    """Let everyone look who was asked for by Locust's options; the process is alone, or a master.

    Raises UsageError for an address that is none, a port that cannot be had, and a library that is not installed.
    """
    watch, parsed = Watch(session, role), environment.parsed_options
    if environment.web_ui is not None:
        add_tab(environment.web_ui, session, watch, parsed.web_base_path)
    addresses = read_addresses(parsed)
    if addresses.prometheus is not None:
        host, port = addresses.prometheus
        prometheus.serve(watch.latest, host, port)
        logger.info("Prometheus finds the run on http://%s:%d/metrics.", host, port)
    if addresses.collector is not None:
        watch.sender = otel.Sender(watch.latest, addresses.collector)
    return watch
