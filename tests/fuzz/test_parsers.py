"""No parser of what a server sent raises what it is not meant to, whatever is bent in an input that was right.

What made one fail is kept in `corpus/`, a file for each parser, and tried ever after.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.conftest import FEW
from tests.fuzz.parsers import PARSERS, Parser

CORPUS = Path(__file__).parent / "corpus"
_INTERESTING = [
    b"",
    b"\x00",
    b"\xff" * 4,
    b"\n\n",
    b"\r\n\r\n",
    b"data: ",
    b'"',
    b"null",
    b"1e999",
    b"-1",
    b"[]",
    b"{}",
]
_VALUES: list[Any] = [None, True, -1, 0, 1.5, 1e308, 2**63, "", "x", "é\n", "@evil.example", [], [[]], {}, {"url": 3}]


@st.composite
def bent(draw: st.DrawFn, parser: Parser) -> bytes:
    """An input that was right, with up to four stretches of it cut, doubled or replaced."""
    data = bytearray(draw(st.sampled_from(parser.valid())))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12) | st.integers(0, len(data) or 1))
        put = draw(st.sampled_from(_INTERESTING) | st.binary(max_size=12) | st.just(bytes(data[at : at + length])))
        data[at : at + draw(st.sampled_from([0, length]))] = put
    return bytes(data)


@st.composite
def retyped(draw: st.DrawFn, parser: Parser) -> bytes:
    """JSON that was right, with up to three values of it gone or of another type."""
    whole = [json.loads(draw(st.sampled_from(parser.valid())))]
    for _ in range(draw(st.integers(1, 3))):
        holder, key = _place(draw, whole)  # in a list of one, so that the whole can be replaced as well
        if draw(st.booleans()) and isinstance(holder, dict):
            holder.pop(key, None)
        else:
            holder[key] = deepcopy(draw(st.sampled_from(_VALUES)))
    return json.dumps(whole[0] if whole else None).encode()


def _place(draw: st.DrawFn, holder: Any) -> tuple[Any, Any]:
    """Choose a place in nested JSON."""
    while True:
        key = draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
            return holder, key
        holder = inner


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_a_parser_survives(name: str, pytestconfig: pytest.Config) -> None:
    """Bent inputs give a result or the one error that is meant."""
    cases = int(pytestconfig.getoption("--fuzz-cases", default=FEW)) // len(PARSERS)
    parser = PARSERS[name]
    inputs = bent(parser) | retyped(parser) if name in {"config", "replies"} else bent(parser)

    @seed(sum(name.encode()))
    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs)
    def survives(data: bytes) -> None:
        try:
            parser.parse(data)
        except Exception:
            (CORPUS / f"{name}.found").write_bytes(data)  # the last one that is written is the shortest
            raise

    survives()


def test_what_was_found_before_is_survived() -> None:
    """Each input of the corpus once made a parser fail."""
    kept = sorted(path for path in CORPUS.iterdir() if path.suffix != ".md")
    assert kept
    for path in kept:
        PARSERS[path.name.partition(".")[0]].parse(path.read_bytes())
