"""Apps that fail in ways of their own, for the rows about the app under test."""
