"""The reference app's pages as a person uses them: real Chromium, fake camera, real server."""

import pytest
from playwright.sync_api import expect

from target_app.settings import PAGES
from tests.browser.watching import DESKTOP, KEY_TONES, PHONE, Watched
from tests.target_app.serving import calls, heard

pytestmark = pytest.mark.browser
BOTH_SIZES = pytest.mark.parametrize("watched", [DESKTOP, PHONE], ids=["desktop", "phone"], indirect=True)


@BOTH_SIZES
@pytest.mark.parametrize("name", ["simple", "filters", "unified", "objects"])
def test_a_page_streams_the_camera_and_shows_the_results(watched: Watched, app_url: str, name: str) -> None:
    """Record makes picture after picture appear, each from a call of that page's own handler."""
    watched.page.goto(f"/{name}")
    before = calls(app_url)
    watched.record()
    watched.wait_for_pictures(5)
    made = {each: count - before[each] for each, count in calls(app_url).items()}
    assert made[name] >= 5
    assert sum(made.values()) == made[name]
    assert watched.fits()


@BOTH_SIZES
def test_the_audio_page_writes_down_what_the_microphone_hears(watched: Watched, app_url: str) -> None:
    """Record makes the transcript grow by the digits that are played, each once, through the browser's own recorder.

    Sound recorded before the stream is open may be lost, so the first digits are not looked at.
    """
    watched.page.goto("/audio")
    before_s = heard(app_url)["audio"]
    watched.record_sound()
    first = watched.wait_for_transcript(1)
    later = watched.wait_for_transcript(2 * len(KEY_TONES) + len(first))
    assert later.startswith(first)
    assert later[-2 * len(KEY_TONES) :] in 4 * KEY_TONES
    assert heard(app_url)["audio"] - before_s > 0.1 * 2 * len(KEY_TONES)
    assert watched.fits()


def test_the_objects_page_tells_what_it_finds_in_words_and_json(watched: Watched) -> None:
    """The green fake camera has something in it: words and JSON name it, beside the picture."""
    watched.page.goto("/objects")
    watched.record()
    watched.wait_for_pictures(2)
    expect(watched.page.get_by_label("Found")).not_to_have_value("")
    expect(watched.page.get_by_text('"label"').first).to_be_visible()


@pytest.mark.parametrize("name", ["filters", "unified"])
def test_a_filter_chosen_while_recording_changes_the_picture(watched: Watched, name: str) -> None:
    """The green test picture of the fake camera turns black and white once edges are chosen."""
    watched.page.goto(f"/{name}")
    watched.record()
    watched.wait_for_pictures(2)
    watched.wait_for_gray(0, 0.5)
    watched.choose("edges")
    watched.wait_for_gray(0.99, 1)


def test_the_unified_pages_button_says_stop_while_it_streams(watched: Watched) -> None:
    """Where the camera is the output as well, its button must not flicker back to Record at every frame."""
    watched.page.goto("/unified")
    watched.record()
    watched.wait_for_pictures(2)
    assert watched.button_labels() == ["Stop"]


@BOTH_SIZES
def test_the_navigation_leads_from_the_overview_to_every_page_and_back(watched: Watched) -> None:
    """Each page has its title and the settings in force; the overview explains them all."""
    watched.page.goto("/")
    assert watched.fits()
    for name in PAGES:
        watched.page.get_by_role("link", name=name.capitalize()).click()
        expect(watched.page.get_by_role("heading", level=1)).to_have_text(name.capitalize())
        expect(watched.page.get_by_text("stream_every")).to_be_visible()
        watched.page.get_by_role("link", name="Overview").click()
        expect(watched.page.get_by_text("stream_every")).to_have_count(len(PAGES))
