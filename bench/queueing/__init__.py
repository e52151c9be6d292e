"""How long viewers wait for their turn: the rotation law, and a simulator for what a formula cannot tell."""

from bench.queueing.law import Share, granted_s, rejoin_s, rotation_wait_s, shared_wait_s

__all__ = ["Share", "granted_s", "rejoin_s", "rotation_wait_s", "shared_wait_s"]
