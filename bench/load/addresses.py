"""Where a run is told of while it goes on: the addresses in Locust's options, checked before an app is deployed."""

from argparse import Namespace
from dataclasses import dataclass

from bench.live import otel, prometheus
from bench.load.ports import refuse_used_port
from bench.units import option


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Prometheus may ask, as host and port, and the URL of an OpenTelemetry collector; None where not wanted."""

    prometheus: tuple[str, int] | None
    collector: str | None


def read_addresses(parsed: Namespace) -> Addresses:
    """Read --prometheus and --otlp.

    Raises UsageError for an address that is none, a port in use, and a library that is not installed.
    """
    addresses = Addresses(
        prometheus=option("--prometheus", prometheus.read_address, parsed.prometheus) if parsed.prometheus else None,
        collector=option("--otlp", otel.read_url, parsed.otlp) if parsed.otlp else None,
    )
    if addresses.prometheus is not None:
        refuse_used_port(*addresses.prometheus, "Name another with --prometheus.")
    return addresses
