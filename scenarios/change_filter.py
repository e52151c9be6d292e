"""Viewers who change the filter while the camera runs, and count the pictures until the change shows."""

from locust import between, task

from bench.load.users import StreamUser


class FilterChanger(StreamUser):
    """Opens the filters page and picks the next filter every few seconds.

    Each change is a row CHANGE in Locust's table: the time from the change until the first picture that shows it.
    """

    api_name = "filters"
    optional = True
    wait_time = between(3, 5)
    filters = ("edges", "flip", "cartoon")
    turn = 0

    @task
    def change_filter(self) -> None:
        """Pick the next filter."""
        self.change_input("Filter", self.filters[self.turn % len(self.filters)])
        self.turn += 1
