"""One writer per output: terminal, results.json."""
