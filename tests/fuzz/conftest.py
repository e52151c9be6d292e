"""How many cases: `make fuzz` asks for many, `make test` for a few."""

import pytest

FEW = 1500


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--fuzz-cases`, which counts only where this folder is named on the command line."""
    parser.addoption("--fuzz-cases", type=int, default=FEW, help="cases of all parsers together")
