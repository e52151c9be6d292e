"""The client to beat: Gradio's own, `@gradio/client` on Node, installed into a cache folder by npm."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGE = "@gradio/client@2.7.0"
_DRIVER = Path(__file__).with_name("peer.mjs")


def find_peer() -> tuple[list[str] | None, str]:
    """Make the peer ready; returns its command, or None and why it cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None, "node and npm are not installed"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gradio-bench" / "peer"
    cache.mkdir(parents=True, exist_ok=True)
    if not (cache / "node_modules" / "@gradio" / "client").exists():
        install = [npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(cache), PACKAGE]
        if subprocess.run(install, capture_output=True, timeout=300, check=False).returncode:  # noqa: S603 - as found
            return None, f"npm could not install {PACKAGE}"
    driver = cache / _DRIVER.name  # Node looks for packages beside the script
    shutil.copyfile(_DRIVER, driver)
    return [node, str(driver)], ""
