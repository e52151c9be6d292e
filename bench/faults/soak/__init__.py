"""The soak: whether the generator grows under a steady load."""
