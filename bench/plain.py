"""Foreign text as one harmless line: what the app under test names things may hold codes that a terminal obeys."""

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


def plain(text: str) -> str:
    """One line of text without control codes: they are left out, and breaks of lines become blanks."""
    return re.sub(r"\s+", " ", text.translate(_HARMLESS))
