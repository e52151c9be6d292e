"""What is said where there is no browser."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.errors import UsageError
from bench.fidelity.browser import Chromium
from bench.fidelity.fake_devices import FakeDevices
from bench.media.mark import MarkLayout

DEVICES = FakeDevices(Path("film"), Path("sound"), MarkLayout.for_size(640, 480))


def test_a_missing_playwright_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(UsageError) as caught:
        Chromium(DEVICES).start()
    assert "gradio-bench[browser]" in caught.value.remedy


def test_a_missing_chromium_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Playwright, but without a browser on PATH or of its own, the command that installs one is named."""
    browser_type = pytest.importorskip("playwright.sync_api").BrowserType
    monkeypatch.setattr(shutil, "which", _nothing)
    monkeypatch.setattr(browser_type, "executable_path", "/nowhere/chromium")
    chromium = Chromium(DEVICES)
    with pytest.raises(UsageError) as caught:
        chromium.start()
    chromium.close()
    assert "playwright install chromium" in caught.value.remedy


def _nothing(_name: str, *_more: Any) -> None:
    """Find no program."""
