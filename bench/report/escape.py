"""Foreign text made harmless: what comes from the app under test may hold markup, formulas or control codes."""

import re

from bench.plain import plain

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_LINKED = re.compile(r"(@|:(?=//)|www(?=\.))")
_JOINER = "\u2060"  # takes no room: GitHub turns @name and addresses into links even where they are escaped
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


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
