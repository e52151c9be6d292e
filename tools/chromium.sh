#!/bin/sh
# Makes a Chromium available for the browser tests: the one on PATH, else Playwright's own, else Debian's package.
# Never fails the build: without a browser those tests say that they were skipped, and why.
bin=$1
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
"$bin/python" - <<'PY' && exit 0
import pathlib, sys
from playwright.sync_api import sync_playwright

with sync_playwright() as p:
    sys.exit(0 if pathlib.Path(p.chromium.executable_path).exists() else 1)
PY
echo "No Chromium here yet: installing one for the browser tests ..."
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null && exit 0
fi
"$bin/python" -m playwright install chromium && exit 0
echo "Chromium could not be installed: the browser tests will be skipped." >&2
exit 0
