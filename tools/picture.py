"""Draws the README's picture: a run's terminal summary as an SVG that needs no font and no file from elsewhere."""

import argparse
import io
from pathlib import Path
from xml.sax.saxutils import escape

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from bench.ledger import Ledger
from bench.metrics import Summary, summarise
from bench.report import terminal

COLUMNS = 110
"""As wide as the summary ever gets: fewer lines, and each still readable inside a page."""

THEME = TerminalTheme(
    background=(22, 27, 34),
    foreground=(225, 228, 232),
    normal=[(22, 27, 34), (255, 123, 114), (86, 211, 100), (227, 179, 65), *[(121, 192, 255)] * 4],
)

_FORMAT = """\
<svg viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>{title}</title>
<desc>{description}</desc>
<style>
.{{unique_id}}-matrix {{{{
    font: {{char_height}}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    white-space: pre;
}}}}
.{{unique_id}}-title {{{{ font: 18px ui-sans-serif, Helvetica, Arial, sans-serif; }}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal">
<rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}" />
</clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""
"""Rich's own format names fonts on another server, which a page that shows the file as a picture never loads."""


def draw(summary: Summary) -> str:
    """Return the summary, as a terminal of `COLUMNS` columns shows it, as one self-contained SVG."""
    console = Console(record=True, width=COLUMNS, force_terminal=True, color_system="standard", file=io.StringIO())
    terminal.render(summary, console)
    command = summary.run.command or "gradio-bench"
    code_format = _FORMAT.format(title=_inert(command), description=_inert(_machine(summary)))
    return console.export_svg(title=command, theme=THEME, code_format=code_format, unique_id="run")


def _machine(summary: Summary) -> str:
    """Say on what kind of machine the figures were measured: app and load generator shared it."""
    host = summary.run.host
    return (
        f"Measured on {host.get('system')} {host.get('machine')} with {host.get('cpus')} cores, Python "
        f"{host.get('python')}, Gradio {summary.app.gradio_version}; started {summary.run.started_at}."
    )


def _inert(text: str) -> str:
    """Make text safe inside XML and inside a format string."""
    return escape(text).replace("{", "{{").replace("}", "}}")


def main() -> None:
    """Draw the run in one folder into one file."""
    parser = argparse.ArgumentParser(description="Draw a run's terminal summary as an SVG.")
    parser.add_argument("results", type=Path, help="a run's folder, the one that holds ledger/")
    parser.add_argument("svg", type=Path, help="the file to write")
    given = parser.parse_args()
    given.svg.write_text(draw(summarise(Ledger.read(given.results / "ledger"))), encoding="utf-8")


if __name__ == "__main__":
    main()
