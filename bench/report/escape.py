"""Foreign text made harmless: what comes from the app under test may hold markup, formulas or control codes."""

import re

_RANGES = (
    (0x00, 0x1F),  # C0
    (0x7F, 0x9F),  # C1
    (0x200E, 0x200F),
    (0x202A, 0x202E),
    (0x2066, 0x2069),
    (0xD800, 0xDFFF),  # halves of a pair
    (0xFFFE, 0xFFFF),
)
CONTROLS = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
"""Terminal control codes (C0, C1), marks that turn the direction of text, and what no XML or UTF-8 file can hold."""

_HARMLESS = {ord(sign): " " if sign.isspace() else "" for sign in CONTROLS}

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_LINKED = re.compile(r"(@|:(?=//)|www(?=\.))")
_JOINER = "\u2060"  # takes no room: GitHub turns @name and addresses into links even where they are escaped
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(text: str) -> str:
    """One line of text without control codes: they are left out, and breaks of lines become blanks."""
    return re.sub(r"\s+", " ", text.translate(_HARMLESS))


def markdown(text: str) -> str:
    """Text that Markdown shows as it stands, also in a cell of a table: nothing in it is markup, mention or link."""
    return _LINKED.sub(rf"\1{_JOINER}", _MARKDOWN.sub(r"\\\1", plain(text)))


def code(text: str) -> str:
    """Text as code in a line of Markdown, fenced by more backticks than it holds."""
    line = plain(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    blank = " " if "`" in line else ""
    return f"{fence}{blank}{line}{blank}{fence}"


def cell(text: str) -> str:
    """Text that a spreadsheet takes for text: one that would be a formula gets an apostrophe in front (OWASP)."""
    line = plain(text)
    return f"'{line}" if line.lstrip().startswith(_FORMULA) else line
