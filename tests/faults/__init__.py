"""Tests of bench/faults: rows on real parts."""
