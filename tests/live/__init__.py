"""Live figures, tested."""
