"""What a TARGET on the command line is taken for."""

from pathlib import Path

import pytest

from bench.errors import UsageError
from bench.load.target import TargetName, parse_target
from tests.apps.running import APPS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, TargetName("reference", "")),
        ("", TargetName("reference", "")),
        ("http://127.0.0.1:7860", TargetName("url", "http://127.0.0.1:7860")),
        ("https://owner-name.hf.space/", TargetName("url", "https://owner-name.hf.space/")),
        ("owner/some-name.v2", TargetName("space", "owner/some-name.v2")),
        ("package.module:demo", TargetName("module", "package.module", "demo")),
        ("module:shop.demo", TargetName("module", "module", "shop.demo")),
        (f"{APPS}/broken.py", TargetName("file", f"{APPS}/broken.py")),
        (f"{APPS}/two_blocks.py:second", TargetName("file", f"{APPS}/two_blocks.py", "second")),
    ],
)
def test_each_form_is_told_from_the_others(text: str | None, expected: TargetName) -> None:
    """Nothing, an address, a Space, a module's attribute and a file are all told by their look alone."""
    assert parse_target(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("127.0.0.1:7860", "Did you mean http://127.0.0.1:7860?"),
        ("localhost:7860/app", "Did you mean http://localhost:7860/app?"),
        ("shop/brokn.py", "Did you mean shop/broken.py?"),
        ("shop", "It is a folder; name the file in it: shop/app.py."),
        ("shop/broken", "Did you mean shop/broken.py?"),
        ("ftp://host", "TARGET is a URL"),
        ("what is this", "TARGET is a URL"),
    ],
)
def test_what_fits_no_form_gets_the_nearest_hint(
    text: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing slip is refused with exit code 2 and with what may have been meant."""
    (tmp_path / "shop").mkdir()
    for name in ("app.py", "broken.py"):
        (tmp_path / "shop" / name).touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        parse_target(text)
    assert hint in caught.value.remedy
    assert caught.value.exit_code == 2


def test_a_name_reads_as_it_was_typed() -> None:
    """Messages call the app what the user called it."""
    assert [str(parse_target(text)) for text in ("module:demo", "owner/name", "")] == [
        "module:demo",
        "owner/name",
        "the reference app",
    ]
