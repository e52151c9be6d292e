"""Foreign text is shown as it stands, whatever it holds."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.plain import CONTROLS, plain
from bench.report.escape import cell, code, markdown


@given(st.text())
def test_plain_text_has_neither_controls_nor_line_breaks(text: str) -> None:
    """What is left fits in one line of a terminal and in an XML or UTF-8 file, and saying it again changes nothing."""
    line = plain(text)
    assert not CONTROLS & set(line)
    assert len(line.splitlines()) <= 1
    assert plain(line) == line
    assert ElementTree.fromstring(ElementTree.tostring(_element(line))).text == (line or None)


def _element(text: str) -> ElementTree.Element:
    element = ElementTree.Element("said")
    element.text = text
    return element


def test_plain_text_keeps_words() -> None:
    """Words of any script stay as they are."""
    assert plain("Größe 画像 😀 · a\nb") == "Größe 画像 😀 · a b"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r\n=1", "＝1", " =1"])
def test_a_formula_is_text_in_a_spreadsheet(text: str) -> None:
    """No cell begins as a formula would."""
    assert cell(text).startswith("'")


def test_other_text_is_the_same_in_a_spreadsheet() -> None:
    """Only formulas get an apostrophe."""
    assert cell("a=1") == "a=1"


@pytest.mark.parametrize("sign", list("\\`*_{}[]<>#|~&$"))
def test_markdown_signs_are_escaped(sign: str) -> None:
    """A sign with a meaning has a backslash in front."""
    assert markdown(f"a{sign}b") == f"a\\{sign}b"


def test_markdown_links_and_mentions_are_broken() -> None:
    """Neither an address nor a name becomes a link, though escapes do not keep GitHub from it."""
    shown = markdown("see https://evil.example or www.evil.example, @someone")
    assert not any(linked in shown for linked in ("://", "www.", "@someone"))


@given(st.text(alphabet="`a b").filter(str.strip))
def test_a_code_span_holds_any_backticks(text: str) -> None:
    """The fence is longer than any run of backticks inside."""
    shown = code(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    assert shown.endswith(fence)
    assert len(fence) > max(map(len, re.findall("`+", text)), default=0)
