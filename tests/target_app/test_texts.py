"""What the pages say about themselves."""

from target_app import page as pages
from target_app import texts
from target_app.settings import PAGES, PageSettings, Settings


def test_a_heading_tells_title_explanation_and_settings() -> None:
    """A page shows what it is, and the settings in force."""
    text = texts.heading(pages.find("simple"), PageSettings(15, 0.1, 30))
    assert text.startswith("# Simple\n")
    assert text.endswith("`stream_every` 0.1 s · `time_limit` 15 s · `concurrency_limit` 30")


def test_settings_in_words() -> None:
    """No limit, Gradio's default and extra work are told in words a reader understands."""
    assert texts.in_force(PageSettings(None, 0.25, None, sleep_s=0.5, cpu_s=0.05)) == (
        "`stream_every` 0.25 s · `time_limit` none · `concurrency_limit` none"
        " · sleeps 0.5 s a frame · burns 0.05 CPU s a frame"
    )
    assert "`concurrency_limit` Gradio's default" in texts.in_force(PAGES["unified"])
    assert texts.in_force(PAGES["audio"]).endswith(" · recogniser `dtmf`")


def test_the_overview_explains_every_page() -> None:
    """The first page tells what each page does, its settings, and what all share."""
    text = texts.overview(Settings(queue_size=5))
    assert all(pages.find(name).EXPLANATION in text for name in PAGES)
    assert all(texts.in_force(settings) in text for settings in PAGES.values())
    assert "`max_threads` 40; at most 5 viewers may wait" in text
