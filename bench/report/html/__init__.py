"""report.html: a run in one file that opens offline, for a reader with two minutes."""

from bench.report.html.write import write_html

__all__ = ["write_html"]
