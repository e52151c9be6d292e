"""Faults: what viewers, books and sentences make of apps, networks and processes that fail."""
