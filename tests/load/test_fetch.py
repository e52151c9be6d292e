"""Which addresses of results are asked for, and in which words: results are what a server says, so anything at all."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load.crowd import Crowd
from bench.load.entries import Arrival
from bench.load.fetch import Fetcher
from bench.wire.transport import ConnectionBrokeError, Reply, Transport

ROOT = "http://127.0.0.1:7860"


class Asked:
    """A transport that notes what it is asked for and has nothing."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.failures: list[str] = []

    def get(self, path: str) -> Reply:
        """Note the path."""
        self.paths.append(path)
        raise ConnectionBrokeError("nothing here")

    def failed(self, _endpoint: int, _where: str, what: str) -> None:
        """Note a failure, as the crowd does."""
        self.failures.append(what)


def ask(value: Any) -> tuple[list[str], list[bytes | None], Asked]:
    """Fetch what `value` names: the paths asked for, what came, and who was asked."""
    asked = Asked()
    crowd = SimpleNamespace(app=SimpleNamespace(root=ROOT), api_path="/gradio_api", failed=asked.failed, over=False)
    came: list[bytes | None] = []
    fetcher = Fetcher(cast(Crowd, crowd), 0, cast(Transport, asked))
    arrival = Arrival(0.0, 0)
    fetcher.fetch(value, arrival, came.append)
    if not came:
        import gevent  # noqa: PLC0415 - only where something is fetched

        gevent.sleep(0)
        gevent.sleep(0)
    return asked.paths, came, asked


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/x",
        "https://127.0.0.1:7860/x",
        "http://127.0.0.1:7860.evil.example/x",
        "http://127.0.0.1:7860@evil.example/x",
        "http://127.0.0.1:78601/x",
        "//evil.example/x",
        "/\\evil.example/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "javascript:alert(1)",
        "\\\\evil\\x",
        "data",
    ],
)
def test_nothing_is_fetched_from_elsewhere(url: str) -> None:
    """Another host, another scheme, a file of this machine: not asked for, and told as an error."""
    paths, came, asked = ask({"url": url, "path": "/x"})
    assert (paths, came) == ([], [None])
    assert "origin" in asked.failures[0]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"url": f"{ROOT}/gradio_api/file=/tmp/a.webp"}, "/gradio_api/file=/tmp/a.webp"),
        ({"url": f"{ROOT}/gradio_api/file=/tmp/Gesicht über.webp"}, "/gradio_api/file=/tmp/Gesicht%20%C3%BCber.webp"),
        ({"url": f"{ROOT}/f=a%20b?c=d&e#top"}, "/f=a%20b?c=d&e"),
        ({"url": "", "path": "/tmp/顔.webp"}, "/gradio_api/file=/tmp/%E9%A1%94.webp"),
        ({"url": "/x\r\nX-Evil: 1\r\n\r\nGET /admin"}, "/x%0D%0AX-Evil:%201%0D%0A%0D%0AGET%20/admin"),
    ],
)
def test_paths_are_asked_for_as_a_browser_would(value: dict[str, str], path: str) -> None:
    """Blanks and letters beyond ASCII are escaped, and no name can smuggle a line, let alone a request."""
    assert ask(value)[0] == [path]


@pytest.mark.parametrize("url", ["data:image/png;base64,A", "data:image/png;base64,=%%", "data:"])
def test_inline_data_that_cannot_be_read_harms_nobody(url: str) -> None:
    """It is told as an error, or is a picture of no bytes; the stream goes on."""
    paths, came, _ = ask({"url": url})
    assert paths == []
    assert came in ([None], [b""])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "path", "x"]), inner),
    )
)
def test_any_value_is_survived(value: Any) -> None:
    """Whatever stands where a picture should, a request's line stays one line of ASCII."""
    paths, _, _ = ask(value)
    for path in paths:
        assert path.startswith("/")
        assert path.isascii()
        assert not set(path) & set("\r\n \t")
