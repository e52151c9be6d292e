"""A browser tab that notes what goes wrong in it, and what a person does on a camera page."""

from playwright.sync_api import ConsoleMessage, Page, Request

DESKTOP, PHONE = (1280, 900), (390, 844)
PATIENCE_MS = 20_000
KEY_TONES = "0123456789*#ABCD"  # what the fake microphone hears, again and again
_TRANSCRIPT = ".audio textarea"

# The last image component of a page shows its results; on the unified page it is the camera as well.
_RESULT = '[...document.querySelectorAll(".image-container img")].at(-1)'
_NEW_PICTURE = f"seen => {{ const src = {_RESULT}?.src; return src && !seen.includes(src) ? src : null; }}"

# Of every eighth pixel in each direction: the share whose three colours are nearly the same; NaN while it loads.
_GRAY_SHARE = f"""() => {{
    const image = {_RESULT}, canvas = document.createElement("canvas");
    if (!image.complete || !image.naturalWidth) return NaN;
    canvas.width = image.naturalWidth / 8;
    canvas.height = image.naturalHeight / 8;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const colours = context.getImageData(0, 0, canvas.width, canvas.height).data;
    let gray = 0;
    for (let at = 0; at < colours.length; at += 4) {{
        const pixel = colours.slice(at, at + 3);
        gray += Math.max(...pixel) - Math.min(...pixel) < 16;
    }}
    return gray / (colours.length / 4);
}}"""

# What the camera's button says at every change of the page, until ten pictures have been shown.
_BUTTON_LABELS = f"""() => new Promise(resolve => {{
    const labels = new Set(), pictures = new Set();
    new MutationObserver((_, observer) => {{
        document.querySelectorAll(".button-wrap").forEach(button => labels.add(button.innerText.trim()));
        pictures.add({_RESULT}?.src);
        if (pictures.size > 10) {{ observer.disconnect(); resolve([...labels]); }}
    }}).observe(document.body, {{subtree: true, childList: true, attributes: true, characterData: true}});
}})"""


class Watched:
    """A tab and the complaints heard in it: console errors, uncaught exceptions, requests to other hosts."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._url = url
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("request", self._asked)

    def record(self) -> None:
        """Give the page the camera and start to stream."""
        self.page.get_by_role("button", name="Click to Access Webcam").click()
        self.page.get_by_text("Record", exact=True).click()

    def wait_for_pictures(self, count: int) -> None:
        """Wait until the page has shown `count` different results."""
        seen: list[str] = []
        while len(seen) < count:
            seen.append(self.page.wait_for_function(_NEW_PICTURE, arg=seen).json_value())

    def record_sound(self) -> None:
        """Start to stream the microphone."""
        self.page.get_by_role("button", name="Record").click()

    def wait_for_transcript(self, length: int) -> str:
        """Wait until the transcript has at least `length` characters, and read it."""
        inside = f"length => document.querySelector('{_TRANSCRIPT}').value.length >= length"
        self.page.wait_for_function(inside, arg=length)
        return self.page.locator(_TRANSCRIPT).input_value()

    def choose(self, effect: str) -> None:
        """Choose a filter."""
        self.page.get_by_label("Filter").click()
        self.page.get_by_role("option", name=effect).click()

    def wait_for_gray(self, least: float, most: float) -> None:
        """Wait until between `least` and `most` of the result's pixels, as shares, have no colour."""
        inside = f"([least, most]) => {{ const share = ({_GRAY_SHARE})(); return least <= share && share <= most; }}"
        self.page.wait_for_function(inside, arg=[least, most])

    def button_labels(self) -> list[str]:
        """Collect what the camera's button says while ten pictures are shown."""
        return list(self.page.evaluate(_BUTTON_LABELS))

    def fits(self) -> bool:
        """Tell whether the page is no wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._url, "data:", "blob:")):
            self.complaints.append(f"another host: {request.url}")
