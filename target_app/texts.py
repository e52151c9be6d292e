"""What the pages say about themselves, as Markdown."""

from target_app import page as pages
from target_app.page import Page
from target_app.settings import PageSettings, Settings

TITLE = "gradio-bench reference app"


def overview(settings: Settings) -> str:
    """Describe the first page: every page with what it does and the settings in force."""
    entries = (_entry(pages.find(name), page_settings) for name, page_settings in settings.pages.items())
    return "\n\n".join((f"# {TITLE}\n{_EXPLANATION}", *entries, _shared(settings)))


def heading(page: Page, settings: PageSettings) -> str:
    """Give a page's title, its one-line explanation and the settings in force."""
    return f"# {page.TITLE}\n{page.EXPLANATION}\n\n{in_force(settings)}"


def in_force(settings: PageSettings) -> str:
    """One line with the settings of a page; extra work is named only where there is some."""
    parts = [
        f"`stream_every` {settings.stream_every_s:g} s",
        f"`time_limit` {_seconds(settings.time_limit_s)}",
        f"`concurrency_limit` {_limit(settings.concurrency_limit)}",
    ]
    if settings.sleep_s:
        parts.append(f"sleeps {settings.sleep_s:g} s a frame")
    if settings.cpu_s:
        parts.append(f"burns {settings.cpu_s:g} CPU s a frame")
    if settings.recogniser:
        parts.append(f"recogniser `{settings.recogniser}`")
    return " · ".join(parts)


_EXPLANATION = (
    "The apps of Gradio's streaming guide, each a page with a streaming endpoint of its own: choose one above."
)


def _entry(page: Page, settings: PageSettings) -> str:
    return f"### {page.TITLE}\n{page.EXPLANATION}\n\n{in_force(settings)}"


def _shared(settings: Settings) -> str:
    queue = "any number of viewers" if settings.queue_size is None else f"at most {settings.queue_size} viewers"
    return f"All pages share `max_threads` {settings.max_threads}; {queue} may wait in the queue."


def _seconds(value_s: float | None) -> str:
    return "none" if value_s is None else f"{value_s:g} s"


def _limit(value: int | str | None) -> str:
    return "none" if value is None else f"Gradio's {value}" if value == "default" else str(value)
