"""The reference app on a real socket."""

import base64
import json
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from target_app.settings import PAGES
from tests.target_app.serving import calls, serving, start

OPTIONS = ("--unified-time-limit", "none", "--filters-stream-every", "0.25", "--filters-time-limit", "2.5")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the app with some settings changed."""
    with serving(*OPTIONS) as address:
        yield address


def endpoint(url: str, name: str) -> dict[str, Any]:
    """Find the one endpoint of that name in the app's config."""
    config = httpx.get(f"{url}/config").raise_for_status().json()
    (found,) = (each for each in config["dependencies"] if each["api_name"] == name)
    return dict(found)


def stream_one_frame(url: str, name: str) -> dict[str, Any]:
    """Join as a browser does, with one picture, and wait for the message that holds its result."""
    picture = np.zeros((48, 64, 3), np.uint8)
    image = {"url": "data:image/jpeg;base64," + base64.b64encode(cv2.imencode(".jpg", picture)[1].tobytes()).decode()}
    found, session = endpoint(url, name), uuid.uuid4().hex
    body = {
        "data": [image, "edges"][: len(found["inputs"])],
        "event_data": {"value": image, "is_value_data": True},
        "fn_index": found["id"],
        "trigger_id": found["targets"][0][0],
        "session_hash": session,
    }
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=30) as client:
        event_id = client.post("/queue/join", json=body).raise_for_status().json()["event_id"]
        with client.stream("GET", f"/queue/data?session_hash={session}") as answer:
            for line in answer.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line else {}
                if message.get("msg") == "process_streaming":
                    client.post(f"/stream/{event_id}/close", json={})
                    return dict(message)
    raise AssertionError("the stream ended without a result")


def test_config_shows_every_page_with_its_settings(url: str) -> None:
    """All pages' endpoints are in /config, each a stream with the stream_every and time_limit it was given."""
    shown = {name: endpoint(url, name) for name in PAGES}
    assert all(each["connection"] == "stream" for each in shown.values())
    assert {name: (each["stream_every"], each["time_limit"]) for name, each in shown.items()} == {
        "simple": (0.1, 15),
        "filters": (0.25, 2.5),
        "unified": (0.1, None),
        "objects": (0.1, 30),
    }


def test_only_the_unified_page_returns_its_picture_to_the_camera(url: str) -> None:
    """The unified page's output is its streaming input; the others' is a picture of its own."""
    places = {name: endpoint(url, name) for name in PAGES}
    assert [name for name, each in places.items() if each["targets"][0][0] in each["outputs"]] == ["unified"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_streams_and_counts_its_calls(url: str, name: str) -> None:
    """A frame sent gives a picture that can be fetched, and adds to the count of its own page only."""
    before = calls(url)
    result = stream_one_frame(url, name)
    assert result["success"]
    picture = httpx.get(result["output"]["data"][0]["url"]).raise_for_status()
    assert picture.headers["content-type"] == "image/webp"
    added = {each: count - before[each] for each, count in calls(url).items() if count != before[each]}
    assert list(added) == [name]


def test_the_count_is_no_stream(url: str) -> None:
    """Discovery must not take `calls` for something to drive, nor may asking wait in the queue being measured."""
    asked = endpoint(url, "calls")
    assert (asked["connection"], asked["queue"]) == ("sse", False)


@pytest.mark.parametrize("page", ["", *PAGES])
def test_pages_refer_to_no_other_host(url: str, page: str) -> None:
    """Each page is served, with neither analytics nor fonts from elsewhere."""
    html = httpx.get(f"{url}/{page}").raise_for_status().text
    assert '"analytics_enabled":false' in html
    assert "fonts.googleapis.com" not in html


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    """A taken port ends the command with exit code 2 and a remedy, not with a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start("--port", str(port), folder=tmp_path) as app:
            _, complaint = app.communicate(timeout=60)
    assert app.returncode == 2
    assert complaint.startswith(f"Cannot listen on 127.0.0.1, port {port}: Address already in use.\n")
    assert "--port (0 takes a free one)" in complaint
    assert "Traceback" not in complaint
