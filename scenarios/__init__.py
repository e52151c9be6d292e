"""Locustfiles: what a viewer does, nothing else."""
