"""Fidelity: a real browser beside the harness, on the same app at the same time, and where the two differ."""
