"""Spliced frames in a real browser."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from bench.media.camera import Camera

PAGE = """<!doctype html><img id="frame" src="data:image/jpeg;base64,{frame}"><pre id="levels"></pre><script>
onload = () => {{
  const frame = document.getElementById("frame"), canvas = document.createElement("canvas");
  canvas.width = frame.naturalWidth; canvas.height = frame.naturalHeight;
  const context = canvas.getContext("2d");
  context.drawImage(frame, 0, 0);
  const level = ([y, x]) => context.getImageData(x + 8, y + 8, 1, 1).data[1];
  document.getElementById("levels").textContent = {corners}.map(level).join(" ");
}};
</script>"""
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=10000",
]


def _chromium() -> str | None:
    on_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if on_path:
        return on_path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.mark.browser
@pytest.mark.parametrize("size", [(640, 480), (854, 480)], ids=["640x480", "854x480"])
def test_chromium_decodes_spliced_frames(size: tuple[int, int], tmp_path: Path) -> None:
    """Chromium shows a frame with fill bytes and restart markers, every cell of its mark as it was minted."""
    chromium = _chromium()
    if chromium is None:
        pytest.skip("no Chromium here: `make chromium` installs one")
    camera = Camera(*size, seed=1)
    page = tmp_path / "frame.html"
    page.write_text(
        PAGE.format(frame=camera.base64(21, 22).decode(), corners=camera.layout.corners().reshape(-1, 2).tolist())
    )
    command = [chromium, *FLAGS, f"--user-data-dir={tmp_path}/profile", "--dump-dom", page.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r'<pre id="levels">([\d ]+)</pre>', dom)
    assert found, dom[-500:]
    levels = np.array(found[1].split(), int)
    assert np.array_equal(levels > 127, np.tile(camera.layout.bits(21, 22), 2))
