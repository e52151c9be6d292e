"""Reading the project's Markdown: sections, code, commands and links, as the tests of the documents need them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEREDOC = re.compile(r"<<'(\w+)'\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Page":
        """Read the file at `path`."""
        return cls(path, path.read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """The path inside the repository."""
        return str(self.path.relative_to(ROOT))

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """List the fenced blocks of one language."""
        return [body for found, body in _FENCE.findall(self.text) if found == language]

    def spans(self) -> list[str]:
        """List the inline code of the prose."""
        return re.findall(r"`([^`\n]+)`", self.prose)

    def commands(self) -> list[list[str]]:
        """List the commands of its shell blocks, each split into words; here-documents and comments left out."""
        lines = [line for block in self.blocks("sh") for line in _HEREDOC.sub("", block).splitlines()]
        words = [shlex.split(line, comments=True) for line in lines]
        return [line for line in words if line]

    def python(self) -> list[str]:
        """List the Python it shows: its own blocks, and files written by a here-document."""
        written = [body for block in self.blocks("sh") for _, body in _HEREDOC.findall(block)]
        return self.blocks("python") + written

    def links(self) -> list[str]:
        """List the targets of its links and pictures."""
        return re.findall(r"\]\(([^)\s]+)\)", self.prose)

    def anchors(self) -> set[str]:
        """List the anchors GitHub gives its headings."""
        titles = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}

    def section(self, title: str) -> str:
        """Return the text from the heading `title` to the next one of its level."""
        level, rest = next(
            (hashes, self.text[found.end() :])
            for found in re.finditer(r"^(#+) (.+)$", self.text, re.MULTILINE)
            for hashes in [found[1]]
            if found[2] == title
        )
        return re.split(rf"^{level} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """Return the first cell of each row of the tables in `text`, their heads left out."""
    rows = re.findall(r"^\| (.+?) \|.*$", text, re.MULTILINE)
    rules = re.findall(r"^(?:\| (.+?) \|.*)\n\| -", text, re.MULTILINE)
    return [cell for cell in rows if not set(cell) <= {"-", " "} and cell not in rules]
