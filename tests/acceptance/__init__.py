"""What a user sees: real commands, a real server, real Locust processes."""
