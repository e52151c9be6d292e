"""A crowd: viewers of every page who come, stay for a while and go, not all of them politely."""

from locust import between, task

from bench.load.users import StreamUser


class Visitor(StreamUser):
    """Opens the next page, and leaves it after a while in one of four ways; then somebody else comes."""

    optional = True
    wait_time = between(4, 12)

    def on_start(self) -> None:
        """Come only when a visit begins."""

    @task(4)
    def close_the_tab(self) -> None:
        """Leave as a browser lets one leave."""
        self.visit()
        self.close_tab()

    @task(2)
    def crash(self) -> None:
        """A tab that dies: all its connections with it."""
        self.visit()
        self.vanish()

    @task(1)
    def crash_without_heartbeat(self) -> None:
        """A client that never had a heartbeat, and dies."""
        self.visit(heartbeat=False)
        self.vanish()

    @task(1)
    def fall_asleep(self) -> None:
        """A laptop that is shut: its connections stay open and carry nothing more."""
        self.visit()
        self.vanish(silently=True)
