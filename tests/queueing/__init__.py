"""Tests of the rotation law and of the simulator."""
