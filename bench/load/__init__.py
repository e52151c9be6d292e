"""Viewers under Locust: pacing, accounting, and deploying the app under test."""
