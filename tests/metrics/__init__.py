"""Tests of what is worked out from a ledger."""
