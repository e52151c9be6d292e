"""Real Chromium with a fake camera and microphone, watched for complaints."""

import os
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Playwright as PlaywrightDriver

from tests.browser.watching import DESKTOP, KEY_TONES, Watched
from tests.target_app.keytones import silence, spoken
from tests.target_app.serving import serving

_RATE_HZ = 48_000
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def key_tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the sound of the fake microphone, which repeats it: `KEY_TONES`, and a pause."""
    path = tmp_path_factory.mktemp("sound") / "key_tones.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        sound = np.concatenate([spoken(KEY_TONES, _RATE_HZ), silence(0.3, _RATE_HZ)])
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def chromium(key_tones: Path) -> Iterator[Browser]:
    """Start headless Chromium: the one on PATH, else Playwright's own.

    Without one the tests are skipped, but under CI they fail: there a missing browser is a broken set-up.
    """
    with sync_playwright() as playwright:
        path = _executable(playwright)
        if path is None:
            complaint = "no Chromium on PATH and none of Playwright's own: `make chromium` installs one"
            pytest.fail(complaint) if os.environ.get("CI") else pytest.skip(complaint)
        browser = playwright.chromium.launch(
            executable_path=path, args=[*_ARGUMENTS, f"--use-file-for-fake-audio-capture={key_tones}"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def app_url() -> Iterator[str]:
    """Serve the reference app, with turns so long that no slow machine meets the 404 at the end of one."""
    with serving("--time-limit", "600") as url:
        yield url


@pytest.fixture
def watched(request: pytest.FixtureRequest, chromium: Browser, app_url: str) -> Iterator[Watched]:
    """Open a tab of a desktop's size, or of the (width, height) in px that the test is parametrized with.

    When the test is over nothing may have been complained of in it, nor asked of another host.
    """
    width, height = getattr(request, "param", DESKTOP)
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=app_url)
    page = context.new_page()
    tab = Watched(page, app_url)
    yield tab
    complaints = list(tab.complaints)  # Closing breaks open streams, which the page would complain of.
    context.close()
    assert complaints == []


def _executable(playwright: PlaywrightDriver) -> str | None:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)
