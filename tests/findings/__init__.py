"""Tests of bench.findings."""
