"""Fuzzing of every parser that reads what a server sent."""
