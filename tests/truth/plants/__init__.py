"""Locustfiles with an error planted in the harness: the self-check must catch each."""
