"""Tests of bench/faults: rows on real parts, and the relay itself."""
